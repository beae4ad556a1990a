/* docs/flows/ shows the state tables as they are: a page that is stale fails. With
 * SENTIENT_WRITE_FLOWS=1 in the environment the pages are written anew. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "do_rules.h"
#include "so_rules.h"

static const char DIAGRAM[] = "```mermaid\n";

static bool leads_on(const Fsm *fsm, const char *state)
{
    for (size_t i = 0; i < fsm->count; i++)
        if (str_eq(fsm->rows[i].from, state))
            return true;
    return false;
}

/* Whether an earlier row leads to the same state. */
static bool reached_before(const Fsm *fsm, size_t row)
{
    for (size_t i = 0; i < row; i++)
        if (str_eq(fsm->rows[i].to, fsm->rows[row].to))
            return true;
    return false;
}

static void print_diagram(Buf *page, const Fsm *fsm)
{
    buf_puts(page, DIAGRAM);
    buf_puts(page, "stateDiagram-v2\n");
    buf_printf(page, "    [*] --> %s\n", fsm->rows[0].from);
    for (size_t i = 0; i < fsm->count; i++)
        buf_printf(page, "    %s --> %s: %s\n", fsm->rows[i].from, fsm->rows[i].to,
                   fsm->rows[i].event);
    for (size_t i = 0; i < fsm->count; i++)
        if (!leads_on(fsm, fsm->rows[i].to) && !reached_before(fsm, i))
            buf_printf(page, "    %s --> [*]\n", fsm->rows[i].to);
    buf_puts(page, "```\n");
}

static void print_table(Buf *page, const Fsm *fsm)
{
    buf_puts(page, "\n| from | event | to | permission | what follows |\n"
                   "| --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < fsm->count; i++) {
        const FsmRow *row = &fsm->rows[i];
        buf_printf(page, "| %s | %s | %s | %s | %s |\n", row->from, row->event, row->to,
                   row->permission ? row->permission : "–", row->note ? row->note : "");
    }
}

/* The project's folder is where this file's path says. */
static char *page_path(Arena *arena, const char *page)
{
    char *root = arena_strdup(arena, __FILE__);
    char *end = strstr(root, "tests/unit/test_flows.c");

    cr_assert_not_null(end);
    *end = '\0';
    return arena_printf(arena, "%sdocs/flows/%s", root, page);
}

static char *page_read(Arena *arena, const char *path)
{
    char part[4096];
    Buf text = {.arena = arena};
    FILE *file = fopen(path, "r");

    cr_assert_not_null(file, "%s is missing", path);
    for (size_t n; (n = fread(part, 1, sizeof part, file)) > 0;)
        buf_add(&text, part, n);
    (void)fclose(file);
    cr_assert_not_null(text.data, "%s is empty", path);
    return text.data;
}

/* What a page says above its diagram is written by hand. */
static void check_page(const char *page, const Fsm *fsm)
{
    Arena *arena = arena_new(0);
    const char *path = page_path(arena, page), *text = page_read(arena, path);
    const char *diagram = strstr(text, DIAGRAM);
    Buf wanted = {.arena = arena};

    cr_assert_not_null(diagram, "%s has no diagram", page);
    buf_add(&wanted, text, (size_t)(diagram - text));
    print_diagram(&wanted, fsm);
    print_table(&wanted, fsm);
    if (getenv("SENTIENT_WRITE_FLOWS")) {
        FILE *file = fopen(path, "w");
        cr_assert(file && fputs(wanted.data, file) >= 0 && fclose(file) == 0);
    } else {
        cr_assert_str_eq(text, wanted.data, "docs/flows/%s is stale: SENTIENT_WRITE_FLOWS=1", page);
    }
    arena_delete(arena);
}

Test(flows, pages_show_the_tables)
{
    check_page("sales-order.md", &SO_STATES);
    check_page("delivery-order.md", &DO_STATES);
}
