/*
 * cmd_look.c — verbs that only look: why, export, version.
 */
#include "main/cmd.h"
#include "data/auth.h"
#include "data/why.h"
#include "http/export.h"
#include "base/version.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Their rights, but the terminal's language. */
MUST static bool become(Work *w, const char *login)
{
    const char *lang = w->cx.lang;
    if (!auth_become_login(w, login)) return false;
    w->cx.lang = lang;
    return true;
}

static bool why(Work *w, void *arg)
{
    Cmd *c = arg;
    const char *action = c->narg > 2 ? c->arg[2] : NULL;
    const Form *f = cmd_form(w, c->arg[0]);
    int64_t id = strtoll(c->arg[1], NULL, 10);
    if (!f || !become(w, cmd_option(c, "as"))) return false;
    if (c->json) {
        Str s = str_begin(w->cx.a);
        Json j = json_begin(&s);
        if (!why_json(w, f, id, action, &j)) return false;
        printf("%s\n", str_show(&s));
        return true;
    }
    const char *text = why_text(w, f, id, action);
    if (text) printf("%s%s", text, str_ends(text, "\n") ? "" : "\n");
    return text != NULL;
}

static int look(Cmd *c, CmdWork fn)
{
    Engine *e;
    if (!cmd_open(c, true, &e)) return cmd_failed(c);
    bool ok = cmd_with(c, e, fn, c);
    engine_close(e);
    return ok ? EXIT_DONE : cmd_failed(c);
}

int run_why(Cmd *c)
{
    if (!cmd_option(c, "as")) return cmd_usage(c, "--as LOGIN is missing");
    return look(c, why);
}

static bool export_form(Work *w, void *arg)
{
    Cmd *c = arg;
    const char *format = cmd_option(c, "format"), *out = cmd_option(c, "out");
    ExportAsk ask = { .form = cmd_form(w, c->arg[0]), .filter = cmd_option(c, "filter"),
        .json = c->json || str_eq(format, "json"), .bom = cmd_flag(c, "bom") };
    if (!ask.form) return false;
    if (cmd_option(c, "as") && !become(w, cmd_option(c, "as"))) return false;
    FILE *to = out ? fopen(out, "wb") : stdout;
    if (!to) return cx_fail(&w->cx, E_SYS, "cannot create %s: %s", out, strerror(errno));
    bool ok = export_write(w, &ask, to);
    if (out && fclose(to) && ok)
        ok = cx_fail(&w->cx, E_SYS, "cannot write %s: %s", out, strerror(errno));
    return ok;
}

int run_export(Cmd *c)
{
    const char *format = cmd_option(c, "format");
    if (format && !str_eq(format, "csv") && !str_eq(format, "json"))
        return cmd_usage(c, "--format is csv or json");
    return look(c, export_form);
}

int run_version(Cmd *c)
{
    if (c->json)
        printf("{\"tenon\": \"%s\", \"sqlite\": \"%s\"}\n", TENON_VERSION,
            sqlite3_libversion());
    else printf("tenon %s (SQLite %s)\n", TENON_VERSION, sqlite3_libversion());
    return EXIT_DONE;
}
