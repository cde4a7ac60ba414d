/*
 * main.c — the table of verbs, and the reading of the command line.
 */
#include "main/cmd.h"
#include "base/asset.h"
#include "base/i18n.h"
#include "base/sys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS(...) (const char *const[]){ "json", "db=", __VA_ARGS__, NULL }
#define NO_OPTIONS (const char *const[]){ "json", "db=", NULL }

static const Command commands[] = {
    { "serve", "[APP] [--listen ADDR:PORT] [--db sqlite:FILE|postgresql://…] "
        "[--files DIR|s3://…] [--demo] [--web DIR]",
        "run the app", 0, 0, false,
        OPTIONS("files=", "listen=", "demo", "web=", "threads=", "works=", "drain=", "verbose"),
        run_serve },
    { "new", "DIR [--template NAME] | --list", "make an app to start from; --list says which there are", 0, 1,
        true, OPTIONS("template=", "list"), run_new },
    { "check", "[APP] [--strict]", "read the whole app, report every mistake; strict: also what "
        "can never happen, be seen or be used", 0, 0, false, OPTIONS("strict"), run_check },
    { "schema", "KIND | --all DIR", "the JSON Schema of a kind of file, for editors", 0, 1, true,
        OPTIONS("all="), run_schema },
    { "plan", "[APP] [--migrate FLOW=MAP]…", "what the database needs to become the app", 0, 0,
        false, OPTIONS("migrate="), run_plan },
    { "fmt", "[APP | FILE…] [--check]", "tidy the YAML files; comments and order stay", 0, 1000,
        false, OPTIONS("check"), run_fmt },
    { "apply", "[APP] [--note TEXT] [--author NAME] [--allow-loss] [--fill FORM.FIELD=VALUE]… "
        "[--migrate FLOW=MAP]…",
        "run the plan and publish the app", 0, 0, false,
        OPTIONS("note=", "author=", "allow-loss", "fill=", "migrate="), run_apply },
    { "log", "[APP] [--limit N]", "every published version: when, who, why, what", 0, 0, false,
        OPTIONS("limit="), run_log },
    { "diff", "[APP] A [B]", "the text of version A against version B, or the folder", 1, 2,
        false, NO_OPTIONS, run_diff },
    { "revert", "[APP] N [--note TEXT] [--author NAME] [--allow-loss] "
        "[--fill FORM.FIELD=VALUE]… [--migrate FLOW=MAP]…",
        "publish version N again, as a new version", 1, 1, false,
        OPTIONS("note=", "author=", "allow-loss", "fill=", "migrate="), run_revert },
    { "trim", "[APP] [--yes]", "what is retired, and with --yes: drop it for good", 0, 0, false,
        OPTIONS("yes"), run_trim },
    { "test", "[APP] [FILE…] [--db postgresql://SERVER]", "run the app's scenarios", 0, 1000, false, NO_OPTIONS,
        run_test },
    { "tick", "[APP] --now TIME [--files DIR|s3://…]", "fire what is due at that time, once",
        0, 0, false,
        OPTIONS("now=", "files="), run_tick },
    { "why", "[APP] --as LOGIN FORM ID [ACTION]", "which role and rule allow or refuse", 2, 3,
        false, OPTIONS("as="), run_why },
    { "user add", "[APP] --login L [--name N] [--roles a,b] [--department D] "
        "[--password-stdin]",
        "add a user", 0, 0, false,
        OPTIONS("login=", "name=", "roles=", "department=", "email=", "language=",
            "password-stdin"), run_user_add },
    { "user passwd", "[APP] --login L --password-stdin", "set a password; ends all sessions",
        0, 0,
        false, OPTIONS("login=", "password-stdin"), run_user_passwd },
    { "user list", "[APP]", "who is there", 0, 0, false, NO_OPTIONS, run_user_list },
    { "token add", "[APP] --login L [--name TEXT]", "a token for a program, shown once", 0, 0,
        false, OPTIONS("login=", "name="), run_token_add },
    { "export", "[APP] FORM [--format csv|json] [--filter EXPR] [--as LOGIN] [--out FILE]",
        "all records of a form", 1, 1, false, OPTIONS("format=", "filter=", "as=", "out=",
            "bom"),
        run_export },
    { "recompute", "[APP] [FORM] [--check]", "computed fields as they should be: repair, or "
        "only check", 0, 1, false, OPTIONS("check"), run_recompute },
    { "backup", "[APP] FILE [--files DIR|s3://…] [--no-files]",
        "copy the database while it runs, and the files", 1, 1, false,
        OPTIONS("files=", "no-files"), run_backup },
    { "copy", "[APP] --from DB --to DB [--from-files F] [--to-files F]",
        "a whole database into an empty one, SQLite or PostgreSQL; goes on where it stopped", 0, 0,
        false, (const char *const[]){ "json", "from=", "to=", "from-files=", "to-files=", NULL },
        run_copy },
    { "debug expr", "[APP] FORM EXPR [--id ID]", "type, SQL and value of an expression", 2, 2,
        false, OPTIONS("id=", "as="), run_debug_expr },
    { "debug sql", "[APP] FORM ACTION --as LOGIN", "the condition of a permission", 2, 2, false,
        OPTIONS("as="), run_debug_sql },
    { "debug rls", "[APP] [FORM]", "which rows PostgreSQL shows to other logins, and grants for them", 0, 1,
        false, NO_OPTIONS, run_debug_rls },
    { "debug rules", "[APP]", "what the plugins registered", 0, 0, false, NO_OPTIONS,
        run_debug_rules },
    { "debug routes", "", "every address of the server", 0, 0, true, NO_OPTIONS,
        run_debug_routes },
    { "debug docs", "PART", "a reference table of docs/ as Markdown", 1, 1, true, NO_OPTIONS,
        run_debug_docs },
    { "version", "", "which build this is", 0, 0, true, NO_OPTIONS, run_version },
};

int command_list(const Command **out)
{
    *out = commands;
    return LEN(commands);
}

static int help(FILE *to)
{
    fprintf(to, "Tenon makes business software from forms and workflows.\n\n"
        "usage: tenon VERB [APP] …\n\n");
    for (int i = 0; i < LEN(commands); i++)
        fprintf(to, "  %-13s %s\n", commands[i].name, commands[i].help);
    fprintf(to, "\nAPP is the app's folder; without it, the folder one stands in.\n");
    return to == stdout ? EXIT_DONE : EXIT_USAGE;
}

/* *words: how many arguments name the verb. */
static const Command *find(int argc, char **argv, int *words)
{
    for (int i = 0; i < LEN(commands); i++) {
        const char *space = strchr(commands[i].name, ' ');
        size_t n = space ? (size_t)(space - commands[i].name) : strlen(commands[i].name);
        if (strlen(argv[1]) != n || strncmp(argv[1], commands[i].name, n)) continue;
        if (space && (argc < 3 || strcmp(argv[2], space + 1))) continue;
        *words = space ? 2 : 1;
        return &commands[i];
    }
    return NULL;
}

static bool read_option(Cmd *c, int argc, char **argv, int *i)
{
    const char *given = argv[*i] + 2, *eq = strchr(given, '=');
    size_t n = eq ? (size_t)(eq - given) : strlen(given);
    for (const char *const *o = c->command->options; *o; o++) {
        size_t len = strlen(*o);
        bool takes = (*o)[len - 1] == '=';
        if (takes) len--;
        if (len != n || strncmp(*o, given, n)) continue;
        const char *value = takes ? eq ? eq + 1 : *i + 1 < argc ? argv[++*i] : NULL : "";
        if (!value || (eq && !takes)) break;
        c->name[c->noption] = arena_dup_n(c->a, *o, len);
        c->value[c->noption++] = value;
        return true;
    }
    return false;
}

static bool is_app(Arena *a, const char *dir)
{
    return file_exists(path_join(a, dir, "app.yaml"));
}

static int read_line(Cmd *c, int argc, char **argv, int from)
{
    for (int i = from; i < argc; i++) {
        if (!utf8_valid(argv[i], strlen(argv[i])))
            return cmd_usage(c, "arguments must be UTF-8");
        if (str_starts(argv[i], "--") && argv[i][2]) {
            const char *given = argv[i];
            if (!read_option(c, argc, argv, &i))
                return cmd_usage(c, "unknown option or missing value: %s", given);
        } else {
            c->arg[c->narg++] = argv[i];
        }
    }
    c->json = cmd_flag(c, "json");
    c->app = ".";
    if (!c->command->no_app && c->narg
        && (c->narg > c->command->most || is_app(c->a, c->arg[0]))) {
        c->app = c->arg[0];
        c->arg++;
        c->narg--;
    }
    if (c->narg < c->command->least || c->narg > c->command->most)
        return cmd_usage(c, c->narg < c->command->least ? "something is missing"
            : "too many arguments");
    return 0;
}

static bool load_texts(Cx *cx)
{
    int n;
    const Asset *all = asset_list(&n);
    for (int i = 0; i < n; i++) {
        const char *why = NULL;
        if (!str_starts(all[i].path, "i18n/") || !str_ends(all[i].path, ".json")) continue;
        char *lang = arena_dup_n(cx->a, all[i].path + 5, strlen(all[i].path) - 10);
        if (!i18n_load(lang, (const char *)all[i].data, &why))
            return cx_fail(cx, E_SYS, "%s: %s", all[i].path, why ? why : "");
    }
    return true;
}

int main(int argc, char **argv)
{
    int words = 0;
    if (argc < 2) return help(stderr);
    if (str_eq(argv[1], "--help") || str_eq(argv[1], "-h") || str_eq(argv[1], "help"))
        return help(stdout);
    if (str_eq(argv[1], "--version")) argv[1] = "version";
    Cmd c = { .a = arena_new() };
    c.cx = cx_begin(c.a, NULL);
    c.command = find(argc, argv, &words);
    c.arg = ARENA_ARRAY(c.a, const char *, argc + 1);
    c.name = ARENA_ARRAY(c.a, const char *, argc + 1);
    c.value = ARENA_ARRAY(c.a, const char *, argc + 1);
    if (!c.command) {
        fprintf(stderr, "tenon: there is no verb %s\n", argv[1]);
        arena_free(c.a);
        return help(stderr);
    }
    sys_log_level(LOG_WARN);
    int status = read_line(&c, argc, argv, 1 + words);
    if (!status) status = load_texts(&c.cx) ? c.command->run(&c) : cmd_failed(&c);
    arena_free(c.a);
    return status;
}
