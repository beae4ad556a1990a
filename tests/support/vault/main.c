/* vault-server PORT TOKEN [TTL_SECONDS]: the test server as a program, until its end by a signal.
 * Secrets are written as to a real one: POST /v1/secret/data/sentient/jwt {"data":{…}}. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "vault_server.h"

int main(int argc, char **argv)
{
    sigset_t signals;
    int number;
    if (argc < 3) {
        (void)fprintf(stderr, "usage: vault-server PORT TOKEN [TTL_SECONDS]\n");
        return 2;
    }
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    (void)sigprocmask(SIG_BLOCK, &signals, NULL);
    VaultServer *server = vault_server_start((int)strtol(argv[1], NULL, 10), argv[2]);
    if (!server)
        return 1;
    if (argc > 3)
        vault_server_lease(server, strtol(argv[3], NULL, 10), true);
    (void)printf("VAULT_ADDR=%s\n", vault_server_address(server));
    (void)fflush(stdout);
    (void)sigwait(&signals, &number);
    vault_server_stop(server);
    return 0;
}
