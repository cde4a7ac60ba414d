/*
 * app — a whole folder as one snapshot: loaded, cross-checked, never changed, counted.
 */
#ifndef DEF_APP_H
#define DEF_APP_H
#include "def/form.h"

typedef struct Dashboard Dashboard;            /* dashboard.h */
typedef struct MenuItem { const Form *form; const Dashboard *dashboard; } MenuItem;   /* one of them */
typedef struct MenuSection { Label label; MenuItem *item; int nitem; } MenuSection;
typedef struct Channel {
    const char *key, *kind;    /* smtp, webhook */
    const char *smtp, *from, *webhook, *format;
    const char **secret; int nsecret;          /* what a robot's calls are signed with */
} Channel;
typedef struct Webhook Webhook;                /* webhook.h */
typedef struct Limits { int64_t body, file, page, logins_per_min, api_per_s; } Limits;
/* One text file of the folder as it was read: definitions and plugins alike. */
typedef struct Source { const char *path; const char *text; size_t n; } Source;

/* A name that has to be written anew, see rewrite.h: the nth whole word `old` of the scalar at a
   place; nth < 0: every one. */
typedef struct Rewrite { Place at; int nth; const char *old, *now; } Rewrite;

struct App {
    Arena *a;
    const char *dir;           /* the folder, or NULL */
    const Node *file;          /* app.yaml as a tree */
    const char *key; Label label;
    const char **language; int nlanguage;
    const Zone *zone; const char *country, *currency;
    Role *role; int nrole;                     /* admin, everyone, public first */
    MenuSection *menu; int nmenu;
    Calendar *calendar; int ncalendar;
    Calendar standard;         /* where it says none: the default one, in the app's zone */
    Channel *channel; int nchannel;
    const char *url;           /* where people reach it, without a slash at its end; NULL: not said */
    Webhook *webhook; int nwebhook;
    const char **internal; int ninternal;      /* host:port inside our network that may be called */
    const char **proxy; int nproxy;
    const char **metric; int nmetric;          /* who may see /metrics; none: this machine */
    Limits limits;
    Form **form; int nform;    /* user and department first */
    Form *files;               /* `_file`, what was uploaded; no one of `form` */
    Workflow **workflow; int nworkflow;
    Dashboard **dashboard; int ndashboard;
    Source *source; int nsource;               /* sorted by path */
    const struct Pins *pins;   /* the versions of workflows it was loaded over (pinned.h), or NULL */
    const char *hash;          /* of all sources */
    int64_t version;           /* as published; 0: not yet */
    void *rules;               /* rule/hooks: what the plugins declared */
    Rewrite *rewrite; int nrewrite, rewrite_cap;   /* old names of renamed fields in its texts */
    bool loading;              /* names are being noted */
    const struct StepName *named;              /* while steps are loaded: def/action */
    int looped;                /* so many loops around them */
    _Atomic int refs;
    /* Scenario words, when loading for `tenon test`. */
};

/* Reads and checks the folder. NULL after issues (all of them). The App owns its arena and
   starts with one reference. */
App *app_load(Cx *cx, const char *dir);
/* The same from texts already read (stored versions, tests). */
App *app_load_sources(Cx *cx, const Source *source, int n, const char *dir);
/* The same over the versions of workflows that records may stand on; pins may be NULL. */
App *app_load_over(Cx *cx, const Source *source, int n, const char *dir, const struct Pins *pins);
/* app_read.c: the files of a folder that make an app. E_MISSING without the folder. */
MUST bool app_read(Cx *cx, const char *dir, Source **out, int *n);
/* One file of it, at most 8 MB; *text NULL when it is not there. */
MUST bool app_read_file(Cx *cx, const char *dir, const char *path, char **text, size_t *n);
/* Where such files stand: "forms", ".yaml", "form". The first is app.yaml, without a folder. */
typedef struct AppPlace { const char *folder, *ending, *kind; } AppPlace;
int app_places(const AppPlace **out);
/* "forms/x.yaml" → "form"; NULL when no file of an app is called so. */
const char *app_path_kind(const char *path);
const Source *app_source(const Source *list, int n, const char *path);   /* NULL if absent */
App *app_take(App *app);
void app_give(App *app);

bool app_approves(const App *app);                       /* some form waits for approval */
Form *app_form(const App *app, const char *key);         /* NULL if absent */
Role *app_role(const App *app, const char *key);
Workflow *app_workflow(const App *app, const char *key);
Dashboard *app_dashboard(const App *app, const char *key);
/* NULL key: the first, or the default one. */
const Calendar *app_calendar(const App *app, const char *key);
const Channel *app_channel(const App *app, const char *key);
/* "forms/x.yaml" → "x". */
const char *app_file_key(Arena *a, const char *path);
/* `form: x` stands in the file x.yaml. */
void app_check_key(Cx *cx, const Node *map, const char *kind, const char *key);
/* An ExprWhere over this app: form, role resolved; `here` and `use` set. */
ExprWhere app_where(const App *app, const Form *here, ExprUse use);
/* def/action: the type of what a step around this place has named. */
bool app_named(void *app, const char *name, Type *type);
#endif
