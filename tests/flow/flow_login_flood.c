/* A flood of sign-ins by strangers: whoever is signed in or known goes on all the same. What is
 * refused at signing in: flow_sign_in.c. */
#include <pthread.h>
#include <stdatomic.h>

#include "people.h"

enum { GUESSERS = 24, ROUNDS = 3 };

static atomic_bool over;
static atomic_int refused; /* of the guesses, since too many wait */

/* Every guess is of another name, from another address: none of them is throttled. */
static void *guess_on(void *argument)
{
    const int *thread = argument;
    Client *client = client_new(NULL);
    for (int i = 0; !atomic_load(&over); i++) {
        client->address = text("127.%d.%d.%d", *thread, i / 250 % 250, 1 + i % 250);
        const Response *r = post(client, "/auth/login",
                                 json("{'username':'%s','password':'Salah-12345'}", unique("g")));
        if (r->status == 503)
            (void)atomic_fetch_add(&refused, 1);
    }
    return NULL;
}

static void expect_work_goes_on(const Person *person, Person *known)
{
    Client *admin = client_admin();
    const char *path = text("/users/%s", person->uuid);
    const char *name = unique("p"), *old = PASSWORD;
    for (int i = 0; i < ROUNDS; i++) {
        const char *next = text("Lebih-Kuat-%d!", i);
        expect_status(put(admin, path, "{\"isActive\":false}"), 200);
        expect_status(put(admin, path, "{\"isActive\":true}"), 200);
        expect_status(post(admin, "/users",
                           json("{'username':'%s-%d','email':'%s-%d@example.test','fullName':'x',"
                                "'password':'" PASSWORD "','roleId':%lld}",
                                name, i, name, i, (long long)person->role)),
                      201);
        expect_status(put(known->client, "/auth/password",
                          json("{'currentPassword':'%s','newPassword':'%s'}", old, next)),
                      200);
        old = next;
        person_sign_in(known, old);
    }
}

Test(login_flood, who_is_signed_in_or_known_goes_on)
{
    pthread_t threads[GUESSERS];
    int numbers[GUESSERS];
    Person person = person_new(""), known = person_new("");
    for (int i = 0; i < GUESSERS; i++) {
        numbers[i] = 100 + i;
        cr_assert_eq(pthread_create(&threads[i], NULL, guess_on, &numbers[i]), 0);
    }
    EVENTUALLY(SOON_MS, atomic_load(&refused) > GUESSERS);
    expect_work_goes_on(&person, &known);
    atomic_store(&over, true);
    for (int i = 0; i < GUESSERS; i++)
        (void)pthread_join(threads[i], NULL);
}
