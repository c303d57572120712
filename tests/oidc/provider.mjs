// An OpenID Connect provider on loopback for the tests, with its own plain page for signing in.
//
// The argument is JSON: {"client": {...}, "people": {subject: claims}, "inToken": whether claims stand in the
// ID token or only at the userinfo endpoint}. The first line printed is the issuer. A line of JSON on standard
// input, {subject: claims}, changes people; it is answered by the line "changed". It ends with its input.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

import { Provider } from 'oidc-provider';

// The package's own notices go to standard error: what is printed here is read line by line.
console.info = console.warn;

const { client, people, inToken } = JSON.parse(process.argv[2]);

const server = createServer();
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [client],
  claims: {
    openid: ['sub'],
    profile: ['name', 'preferred_username', 'groups', 'organisation'],
    email: ['email'],
  },
  conformIdTokenClaims: !inToken,
  cookies: { keys: ['only for tests'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, subject) =>
    people[subject] && { accountId: subject, claims: () => ({ sub: subject, ...people[subject] }) },
  // The municipality has said yes for all who work there: nobody is asked.
  async loadExistingGrant({ oidc }) {
    const grant = new oidc.provider.Grant({
      accountId: oidc.session.accountId,
      clientId: oidc.client.clientId,
    });
    grant.addOIDCScope([...oidc.requestParamScopes].join(' '));
    await grant.save();
    return grant;
  },
});

async function words(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return new URLSearchParams(Buffer.concat(parts).toString());
}

async function interact(request, response) {
  const { prompt } = await provider.interactionDetails(request, response);
  if (request.method === 'POST') {
    const form = await words(request);
    const result = form.has('cancel')
      ? { error: 'access_denied', error_description: 'The person said no.' }
      : { login: { accountId: form.get('login') } };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    return;
  }
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.end(
    `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>${prompt.name}</title><h1>The municipality's account</h1>` +
      '<form method="post"><label>Account <input name="login"></label>' +
      '<button>Sign in</button><button name="cancel">Cancel</button></form></html>',
  );
}

const answer = provider.callback();
server.on('request', (request, response) => {
  if (!request.url.startsWith('/interaction/')) {
    answer(request, response);
    return;
  }
  interact(request, response).catch((error) => {
    response.statusCode = 500;
    response.end(String(error));
  });
});

console.log(issuer);
const changes = createInterface({ input: process.stdin });
changes.on('line', (line) => {
  Object.assign(people, JSON.parse(line));
  console.log('changed');
});
changes.on('close', () => process.exit());
