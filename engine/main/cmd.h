/*
 * cmd — one call of the program: its verb, the app it is about, options; and how it answers.
 *
 * Exit status: 0 done, 1 the app or data has issues, 2 usage, 3 system.
 */
#ifndef MAIN_CMD_H
#define MAIN_CMD_H
#include "data/engine.h"
#include "base/out.h"

enum { EXIT_DONE = 0, EXIT_ISSUES = 1, EXIT_USAGE = 2, EXIT_SYSTEM = 3 };

typedef struct Cmd {
    Cx cx; Arena *a;
    const struct Command *command;
    const char *app;               /* the app's folder */
    bool json;
    const char **arg; int narg;    /* what follows APP */
    const char **name, **value; int noption;
    const PublishAsk *ask;         /* what opening for writing publishes as, or NULL */
} Cmd;

typedef struct Command {
    const char *name;              /* "user add": two words */
    const char *args;              /* "[APP] FORM ID" as help shows it */
    const char *help;
    int least, most;               /* arguments after APP */
    bool no_app;                   /* takes no APP */
    const char *const *options;    /* "listen=" takes a value; ends with NULL */
    int (*run)(Cmd *c);
} Command;

int command_list(const Command **out);
const char *cmd_option(const Cmd *c, const char *name);      /* NULL: not given */
bool cmd_flag(const Cmd *c, const char *name);
/* Prints the failure and the issues of cx (stderr, or JSON on stdout); gives the status. */
int cmd_failed(Cmd *c);
/* Prints what `check --strict` found; gives the status. */
int cmd_findings(Cmd *c, const App *app, const Cx *found);
/* A mistake in how it was called. Gives EXIT_USAGE. */
int cmd_usage(Cmd *c, const char *fmt, ...) PRINTF(2, 3);
/* The URL of --db, or of the app's own database. */
const char *cmd_db(Cmd *c);
/* Opens the app for reading only. */
MUST bool cmd_open(Cmd *c, bool readonly, Engine **out);
/* The database alone, for reading. E_MISSING when there is none yet. */
MUST bool cmd_open_db(Cmd *c, DbPool **pool, Db **db);
/* With a Work acting as the app, from the command line. */
typedef bool (*CmdWork)(Work *w, void *arg);
MUST bool cmd_with(Cmd *c, Engine *e, CmdWork fn, void *arg);
/* The form of that name; NULL with E_MISSING and the name that was probably meant. */
const Form *cmd_form(Work *w, const char *key);
/* One line from standard input without its end. */
char *cmd_stdin_line(Cmd *c);

int run_serve(Cmd *c);
int run_new(Cmd *c);
int run_check(Cmd *c);
int run_schema(Cmd *c);
int run_plan(Cmd *c);
int run_apply(Cmd *c);
int run_fmt(Cmd *c);
int run_log(Cmd *c);
int run_diff(Cmd *c);
int run_revert(Cmd *c);
int run_trim(Cmd *c);
int run_test(Cmd *c);
int run_tick(Cmd *c);
int run_why(Cmd *c);
int run_user_add(Cmd *c);
int run_user_passwd(Cmd *c);
int run_user_list(Cmd *c);
int run_token_add(Cmd *c);
int run_export(Cmd *c);
int run_recompute(Cmd *c);
int run_backup(Cmd *c);
int run_copy(Cmd *c);
int run_debug_expr(Cmd *c);
int run_debug_sql(Cmd *c);
int run_debug_rls(Cmd *c);
int run_debug_rules(Cmd *c);
int run_debug_routes(Cmd *c);
int run_debug_docs(Cmd *c);
int run_version(Cmd *c);
#endif
