/* Crash points: named places at which a test ends the process as SIGKILL would, to see what the
 * next start makes of it. Not error handling: inert unless SENTIENT_CRASH_AT names one, with which
 * production does not start. */
#ifndef SF_SVC_CRASH_H
#define SF_SVC_CRASH_H

/* Once, before threads. "relay_after_publish:2" ends the process at the second pass of that point,
 * "relay_after_publish" at the first; "" at none. */
void crash_setup(const char *spec);
void crash_point(const char *name);

#endif
