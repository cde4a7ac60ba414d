/*
 * cmd_docs.c — the reference tables of docs/, written from the tables that the engine reads.
 */
#include "main/scenario.h"
#include "data/rule_api.h"
#include "def/prove.h"
#include "expr/functions.h"
#include "http/route.h"

#include <stdio.h>
#include <string.h>

/* A bar would end the cell. */
static void cell(Str *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '|') str_add_char(out, '\\');
        str_add_char(out, *text);
    }
}

static void routes(Str *out, bool pages)
{
    const Route *r;
    int n = route_list(&r);
    str_add(out, "| method | path | what | |\n|---|---|---|---|\n");
    for (int i = 0; i < n; i++) {
        int f = r[i].flags;
        bool page = f & ROUTE_PAGE || str_starts(r[i].path, "/assets/");
        if (page != pages) continue;
        str_printf(out, "| %s | `%s` | ", r[i].method, r[i].path);
        cell(out, r[i].help);
        str_printf(out, " | %s |\n", f & ROUTE_SIGNED ? "signed call"
            : f & (ROUTE_OPEN | ROUTE_BARE) ? "without login"
            : f & ROUTE_ADMIN ? "admin only" : "");
    }
}

static void pages_markdown(Str *out)
{
    routes(out, true);
}

static void api_markdown(Str *out)
{
    routes(out, false);
}

static void add_option(Str *out, const char *option)
{
    size_t n = strlen(option);
    bool takes = n && option[n - 1] == '=';
    str_printf(out, "%s`--%.*s%s`", out->n && out->p[out->n - 1] == '`' ? " " : "",
        (int)(takes ? n - 1 : n), option, takes ? " …" : "");
}

static void verbs_markdown(Str *out)
{
    const Command *c;
    int n = command_list(&c);
    str_add(out, "| verb | arguments | what | all options |\n|---|---|---|---|\n");
    for (int i = 0; i < n; i++) {
        str_printf(out, "| `%s` | ", c[i].name);
        if (*c[i].args) {
            str_add(out, "`");
            cell(out, c[i].args);
            str_add(out, "`");
        }
        str_add(out, " | ");
        cell(out, c[i].help);
        str_add(out, " | ");
        for (const char *const *o = c[i].options; *o; o++) add_option(out, *o);
        str_add(out, " |\n");
    }
}

static void all_keys_markdown(Str *out)
{
    const FileKind *kind;
    int n = cmd_kinds(out->a, &kind);
    keys_markdown(out, kind, n);
}

static void errors_markdown(Str *out)
{
    str_add(out, "| `code` | status |\n|---|---|\n");
    for (int i = E_NONE + 1; i < E_COUNT; i++)
        str_printf(out, "| `%s` | %d |\n", err_code((Err)i), err_status((Err)i));
}

static const struct { const char *name; void (*write)(Str *out); } parts[] = {
    { "keys", all_keys_markdown }, { "fields", fields_markdown },
    { "findings", findings_markdown }, { "functions", functions_markdown },
    { "calls", rule_calls_markdown }, { "pages", pages_markdown }, { "api", api_markdown },
    { "verbs", verbs_markdown }, { "errors", errors_markdown },
};

int run_debug_docs(Cmd *c)
{
    Str s = str_begin(c->a);
    for (int i = 0; i < LEN(parts); i++)
        if (str_eq(parts[i].name, c->arg[0])) parts[i].write(&s);
    if (!s.n) {
        for (int i = 0; i < LEN(parts); i++)
            str_printf(&s, "%s%s", i ? ", " : "", parts[i].name);
        return cmd_usage(c, "there is no part %s; there are: %s", c->arg[0], str_show(&s));
    }
    printf("%s", str_show(&s));
    return EXIT_DONE;
}
