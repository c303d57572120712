"""The station workspace: area package, station, scenario and analysis → answers; and what planners change of it."""
