# ./sentient help: the commands and the settings. Not the manual: docs/running.md.
# shellcheck shell=bash

cmd_help() {
    cat <<'TEXT'
usage: ./sentient COMMAND

  up [--detach] [--scale sales=3,gateway=2] [--demo-orders 100000]
                       install what is missing, build, start everything, wait until it is ready
  down                 stop everything
  status [--json]      what runs, where
  logs [SERVICE] [-f]  the end of the logs; -f follows them
  psql [SERVICE] […]   psql as superuser, or as a service's role; the rest goes to psql
  secrets rotate       a new key for access tokens; nobody is signed out
  events list|retry|discard|replay|rebuild
                       what waits, what was put aside, reading again (docs/events.md)
  doctor [--wait 10] [--json]
                       compare what the services keep about the same things; exit code 1 on a difference
  bench [--size 100000] [--seconds 5] [--only ROW] [--fresh]
                       requests per second and what they cost, beside pgbench (docs/performance.md)
  test [unit] [store] [flow] [fault] [shape] [asan] [fuzz] [tsan]
                       install what is missing, build, run the tests; all of them but tsan without a name
  chaos [--kills N] [--seed S]
                       kill and freeze processes of a system of its own under load, then check (docs/reliability.md)
  lint                 clang-tidy, cppcheck, shellcheck
  help                 this text

environment:
  SENTIENT_HOME        state folder: database, streams, logs, secrets (default: .sentient in the project)
  APP_PORT             HTTP (default 8000; 0: a free one)
  NATS_PORT, PG_PORT   default: a free one, kept in the state folder
  APP_ENV              development (default) or production
  SENTIENT_DEMO        0: no demo data in a new development system
  SENTIENT_PRESET      CMake preset to build and run (default release)
and the daemons' own settings (build/release/bin/sentient-sales --help), which are handed on.
TEXT
}
