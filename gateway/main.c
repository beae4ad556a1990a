/* sentient-gateway: HTTP ⇄ NATS. Settings, connections, threads; then waits for SIGTERM. */
#include <malloc.h>
#include <signal.h>
#include <sodium.h>

#include "base/log.h"
#include "gateway.h"
#include "sentient/contracts.h"
#include "server.h"

static int run(sigset_t *signals)
{
    int signal;
    Bus *bus = bus_new(&(BusConfig){config_text("NATS_URL"), config_text("NATS_USER"),
                                    config_text("NATS_PASS"), config_text("NATS_CREDS"),
                                    "sentient-gateway", "_INBOX.gateway"});
    Gateway *gateway = bus ? gateway_new(CONTRACTS, CONTRACT_COUNT, bus) : NULL;
    Server *server = gateway ? server_start(gateway) : NULL;
    if (!server)
        return 1;
    log_info("listening", LOG_INT("port", server_port(server)));
    (void)sigwait(signals, &signal);
    log_info("stopping", LOG_INT("signal", signal));
    server_stop(server);
    gateway_delete(gateway);
    bus_delete(bus);
    config_watch_stop();
    log_info("stopped", LOG_INT("signal", signal));
    return 0;
}

int main(int argc, char **argv)
{
    static const Setting *const TABLES[] = {GATEWAY_SETTINGS, CONFIG_APP, CONFIG_NATS, NULL};
    sigset_t signals;
    (void)mallopt(M_ARENA_MAX, 4); /* heaps of hundreds of threads add up */
    int code;
    if (config_answer("gateway", TABLES, argc, argv, &code))
        return code;
    if (!config_load(TABLES, stderr))
        return EXIT_CONFIG;
    if (sodium_init() < 0)
        return 1;
    log_setup("gateway", log_level(config_text("LOG_LEVEL")));
    (void)sigemptyset(&signals); /* before any thread: all inherit the mask */
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &signals, NULL);
    if (!config_watch_start())
        return 1;
    bus_library_open();
    return run(&signals);
}
