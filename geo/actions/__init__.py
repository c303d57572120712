"""In by people: steps of measures, accounts, findings, photos. Each checks who may, writes, and audits."""
