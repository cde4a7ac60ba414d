/*
 * pins.c — reads and writes _flow.
 *
 * A database of before it was kept has the texts in _source; a workflow's version is then the
 * definition's that changed its file last.
 */
#include "data/pins.h"
#include "data/known.h"
#include "data/version.h"

#include <string.h>

static const char *path_of(Arena *a, const char *flow, int64_t version)
{
    return arena_printf(a, "workflows/%s.yaml@%lld", flow, (long long)version);
}

static Source source_of(Arena *a, const char *flow, int64_t version, Val text)
{
    return (Source){ .path = path_of(a, flow, version), .n = (size_t)text.n,
        .text = arena_dup_n(a, text.t, (size_t)text.n) };
}

static void push(Cx *cx, Pins *pins, int *cap, Pin pin)
{
    ARENA_PUSH(cx->a, pins->pin, pins->n, *cap, pin);
}

MUST static bool read_kept(Cx *cx, Db *db, Pins *pins)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    int cap = 0;
    Rows rows;
    Val v[5];

    sql_add(&q, "SELECT flow, version, form, text, current FROM _flow ORDER BY flow, version");
    if (!db_query(cx, db, &q, &rows)) return false;
    while (db_next(cx, &rows, v)) {
        const char *flow = arena_dup(cx->a, v[0].t);
        push(cx, pins, &cap, (Pin){ .flow = flow, .version = v[1].i,
            .form = arena_dup(cx->a, v[2].t), .source = source_of(cx->a, flow, v[1].i, v[3]),
            .current = v[4].i != 0 });
    }
    db_rows_end(&rows);
    return !cx->err;
}

MUST static bool read_sources(Cx *cx, Db *db, Pins *pins)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    int cap = 0;
    Rows rows;
    Val v[3];

    sql_add(&q, "SELECT path, text, version FROM _source s WHERE text IS NOT NULL AND version = "
        "(SELECT max(version) FROM _source WHERE path = s.path) AND path LIKE 'workflows/%' "
        "ORDER BY path");
    if (!db_query(cx, db, &q, &rows)) return false;
    while (db_next(cx, &rows, v)) {
        const char *flow = app_file_key(cx->a, v[0].t);
        push(cx, pins, &cap, (Pin){ .flow = flow, .form = "", .version = v[2].i, .current = true,
            .source = source_of(cx->a, flow, v[2].i, v[1]) });
    }
    db_rows_end(&rows);
    return !cx->err;
}

bool pins_use(Cx *cx, Db *db, const char *table, PinUse **out, int *n)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    int cap = 0;
    Rows rows;
    Val v[4];

    *out = NULL;
    *n = 0;
    sql_add(&q, "SELECT \"workflow\", \"stage\", coalesce(\"workflow_version\", 0), count(*) FROM ");
    sql_name(&q, table);
    sql_add(&q, " WHERE \"stage\" IS NOT NULL AND \"workflow\" IS NOT NULL "
        "GROUP BY 1, 2, 3 ORDER BY 1, 3, 2");
    if (!db_query(cx, db, &q, &rows)) return false;
    while (db_next(cx, &rows, v)) {
        PinUse use = { arena_dup(cx->a, v[0].t), arena_dup(cx->a, v[1].t), v[2].i, v[3].i };
        ARENA_PUSH(cx->a, *out, *n, cap, use);
    }
    db_rows_end(&rows);
    return !cx->err;
}

static void hold(Cx *cx, Pins *pins, const PinUse *use, int n)
{
    for (int i = 0; i < pins->n; i++) {
        Pin *p = &pins->pin[i];
        p->held = p->held ? p->held : ARENA_ARRAY(cx->a, const char *, n + 1);
        for (int k = 0; k < n; k++)
            if (use[k].version == p->version && str_eq(use[k].flow, p->flow))
                p->held[p->nheld++] = use[k].stage;
    }
}

static bool seen_before(const Pins *pins, int i)
{
    for (int k = 0; k < i; k++)
        if (!pins->pin[k].current && str_eq(pins->pin[k].form, pins->pin[i].form)) return true;
    return false;
}

/* Where older versions are kept, who stands on them? */
MUST static bool read_use(Cx *cx, Db *db, Pins *pins, const char *const *table, int ntable)
{
    for (int i = 0; i < pins->n; i++) {
        const Pin *p = &pins->pin[i];
        PinUse *use;
        int n;
        if (p->current || seen_before(pins, i) || !str_in(p->form, table, ntable)) continue;
        if (!pins_use(cx, db, p->form, &use, &n)) return false;
        hold(cx, pins, use, n);
    }
    return true;
}

MUST static bool read_hash(Cx *cx, Db *db, Pins *pins)
{
    Sql q = sql_begin(cx->a, db_dialect(db));
    bool found;
    Val v;

    sql_add(&q, "SELECT hash FROM _definition ORDER BY version DESC LIMIT 1");
    if (!db_one(cx, db, &q, &v, 1, &found)) return false;
    pins->hash = found ? arena_dup(cx->a, v.t) : NULL;
    return true;
}

/* Roles are the options of a field of the people: what data was held to says what each was. */
static void add_roles(Cx *cx, const KnownAll *all, Pins *pins)
{
    const Known *user = known_find(all, NULL, "user");
    const Known *roles = user ? known_find(all, user, "roles") : NULL;
    char **line;
    int n = roles && roles->rules ? str_split(cx->a, roles->rules, '\n', &line) : 0;
    PinName *name = ARENA_ARRAY(cx->a, PinName, pins->nname + n + 1);

    for (int i = 0; i < pins->nname; i++) name[i] = pins->name[i];
    pins->name = name;
    for (int i = 1; i < n; i++) {
        char *tab = strchr(line[i], '\t');
        if (!tab || !tab[1]) continue;
        *tab = '\0';
        name[pins->nname++] = (PinName){ PIN_ROLE, line[i], tab + 1 };
    }
}

/* Earlier names of forms, fields and roles that have others today. */
MUST static bool read_names(Cx *cx, Db *db, Pins *pins)
{
    KnownAll all = { 0 };
    PinName *name;

    if (!known_load(cx, db, &all)) return false;
    pins->name = name = ARENA_ARRAY(cx->a, PinName, all.nname + 1);
    for (int i = 0; i < all.nname; i++) {
        const Known *k = all.name[i].of;
        if (!k || k->retired || str_eq(k->name, all.name[i].name)) continue;
        name[pins->nname++] = (PinName){ k->up ? known_table(cx->a, k->up) : NULL, k->name,
            all.name[i].name };
    }
    add_roles(cx, &all, pins);
    return true;
}

bool pins_read(Cx *cx, Db *db, const FlowMove *move, int nmove, Pins **out)
{
    Pins *pins = *out = ARENA_NEW(cx->a, Pins);
    const char **table;
    int n;

    pins->move = move;
    pins->nmove = nmove;
    if (!db_tables(cx, db, &table, &n)) return false;
    if (str_in("_flow", table, n) && !read_kept(cx, db, pins)) return false;
    if (!pins->n && str_in("_source", table, n) && !read_sources(cx, db, pins)) return false;
    if (!pins->n) return true;
    return read_hash(cx, db, pins) && read_names(cx, db, pins) && read_use(cx, db, pins, table, n);
}

/* ---- answers ---- */

static const char *map_text(Cx *cx, const Node *n)
{
    Str s = str_begin(cx->a);

    if (node_text(n)) return str_eq(node_text(n), "all") ? NULL : node_text(n);
    for (int i = 0; node_is(n, NODE_MAP) && i < n->n; i++)
        str_printf(&s, "%s%s:%s", i ? "," : "", n->item[i]->key,
            node_text(n->item[i]) ? node_text(n->item[i]) : "");
    return str_show(&s);
}

bool pins_moves(Cx *cx, const Node *map, const FlowMove **out, int *n)
{
    FlowMove *move = ARENA_ARRAY(cx->a, FlowMove, map ? map->n + 1 : 1);

    *out = move;
    *n = 0;
    if (!map || node_blank(map)) return true;
    if (!node_is(map, NODE_MAP))
        return cx_issue(cx, at_field("migrate"), "wrong_kind", "`migrate` is a map such as "
            "{FLOW: all} or {FLOW: {OLD: NEW}}");
    for (int i = 0; i < map->n; i++)
        move[(*n)++] = (FlowMove){ map->item[i]->key, map_text(cx, map->item[i]) };
    return true;
}

/* ---- what a page asks ---- */

static void add_gone(Arena *a, const char *lang, const Workflow *w, Node *list)
{
    for (int i = 0; i < w->nolder; i++)
        for (int k = 0; k < w->older[i]->nstage; k++) {
            const Stage *s = &w->older[i]->stage[k];
            if (workflow_any_stage(w, s->key) != s) continue;
            Node *one = node_add(a, list, node_map(a));
            node_put_text(a, one, "name", s->key);
            node_put_text(a, one, "label", label_show(&s->label, lang, s->key));
        }
}

static Node *choice_of(Arena *a, const char *lang, const Workflow *w)
{
    Node *one = node_map(a), *stages;
    Str older = str_begin(a);

    for (int i = 0; i < w->nolder; i++)
        str_printf(&older, "%s%lld", i ? ", " : "", (long long)w->older[i]->version);
    node_put_text(a, one, "name", w->key);
    node_put_text(a, one, "label", label_show(&w->label, lang, w->key));
    node_put_int(a, one, "version", w->version);
    node_put_text(a, one, "older", str_show(&older));
    add_gone(a, lang, w, node_put(a, one, "gone", node_list(a)));
    stages = node_put(a, one, "stages", node_list(a));
    for (int i = 0; i < w->nstage; i++) {
        Node *stage = node_add(a, stages, node_map(a));
        node_put_text(a, stage, "value", w->stage[i].key);
        node_put_text(a, stage, "label", label_show(&w->stage[i].label, lang, w->stage[i].key));
    }
    return one;
}

Node *pins_choices(Arena *a, const char *lang, const App *app, bool changed)
{
    Node *list = node_list(a);

    for (int i = 0; i < app->nworkflow; i++) {
        const Workflow *w = app->workflow[i];
        if (w->nolder && (!changed || w->changed)) node_add(a, list, choice_of(a, lang, w));
    }
    return list;
}

/* ---- writing ---- */

MUST static bool put_one(Cx *cx, Db *db, const Workflow *w, const Source *text, bool current)
{
    Sql q = sql_begin(cx->a, db_dialect(db));

    sql_add(&q, "INSERT INTO _flow (flow, version, form, text, current) VALUES (");
    sql_bind(&q, val_text(w->key));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(w->version));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(w->form->key));
    sql_add(&q, ", ");
    sql_bind(&q, val_text(text->text));
    sql_add(&q, ", ");
    sql_bind(&q, val_int(current));
    sql_add(&q, ")");
    return db_run(cx, db, &q, NULL);
}

static const Source *text_of(const Pins *pins, const Workflow *older)
{
    for (int i = 0; pins && i < pins->n; i++)
        if (str_eq(pins->pin[i].source.path, older->file)) return &pins->pin[i].source;
    return NULL;
}

bool pins_put(Cx *cx, Db *db, const App *app)
{
    Sql q = sql_begin(cx->a, db_dialect(db));

    sql_add(&q, "DELETE FROM _flow");
    if (!db_run(cx, db, &q, NULL)) return false;
    for (int i = 0; i < app->nworkflow; i++) {
        const Workflow *w = app->workflow[i];
        if (!put_one(cx, db, w, app_source(app->source, app->nsource, w->file), true))
            return false;
        for (int k = 0; k < w->nolder; k++)
            if (!put_one(cx, db, w->older[k], text_of(app->pins, w->older[k]), false)) return false;
    }
    return true;
}
