/*
 * system_tables.c — the engine's own tables. Times for people are ISO texts, those the engine
 * computes with are seconds since 1970.
 */
#include "data/schema.h"
#include "data/spec.h"

#include <string.h>

/* The engine's tables are made before those of the app: on PostgreSQL what names the table of
   users comes along with it (schema_of_users). */
#define USER_REFERENCE " REFERENCES \"user\" (id) ON DELETE CASCADE"

#define JOB_STATE "CREATE INDEX ix__job_state ON _job (state, id);"
#define JOB_KEY "CREATE INDEX ix__job_key ON _job (key, id) WHERE key IS NOT NULL"

static const struct { const char *name, *sql; } tables[] = {
    { "_definition", "CREATE TABLE _definition (version INTEGER PRIMARY KEY, "
      "at TEXT NOT NULL, author TEXT, note TEXT, hash TEXT NOT NULL, plan TEXT)" },
    { "_clock", "CREATE TABLE _clock (name TEXT PRIMARY KEY, count INTEGER NOT NULL)" },
    { "_source", "CREATE TABLE _source (version INTEGER NOT NULL, path TEXT NOT NULL, "
      "text TEXT, PRIMARY KEY (path, version))" },
    { "_flow", "CREATE TABLE _flow (flow TEXT NOT NULL, version INTEGER NOT NULL, "
      "form TEXT NOT NULL, text TEXT NOT NULL, current INTEGER NOT NULL, "
      "PRIMARY KEY (flow, version))" },
    { "_draft", "CREATE TABLE _draft (\"user\" INTEGER NOT NULL, path TEXT NOT NULL, "
      "base TEXT, text TEXT, ops TEXT, at TEXT NOT NULL, PRIMARY KEY (\"user\", path))" },
    { "_present", "CREATE TABLE _present (\"user\" INTEGER NOT NULL, tab TEXT NOT NULL, "
      "path TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (\"user\", tab))" },
    { "_schema", "CREATE TABLE _schema (name TEXT PRIMARY KEY, text TEXT NOT NULL)" },
    { "_field", "CREATE TABLE _field (id INTEGER PRIMARY KEY AUTOINCREMENT, parent INTEGER, "
      "name TEXT NOT NULL, kind TEXT NOT NULL, source TEXT, was TEXT, rules TEXT, "
      "required INTEGER NOT NULL, retired INTEGER, parked INTEGER NOT NULL)" },
    { "_name", "CREATE TABLE _name (id INTEGER NOT NULL, name TEXT NOT NULL, "
      "since INTEGER NOT NULL, until INTEGER, upto INTEGER);"
      "CREATE INDEX ix__name ON _name (id)" },
    { "_unconverted", "CREATE TABLE _unconverted (form TEXT NOT NULL, record INTEGER NOT NULL, "
      "field TEXT NOT NULL, old_value TEXT, new_value TEXT, version INTEGER NOT NULL, "
      "PRIMARY KEY (form, field, record))" },
    { "_history", "CREATE TABLE _history (id INTEGER PRIMARY KEY AUTOINCREMENT, "
      "form TEXT NOT NULL, record INTEGER NOT NULL, at TEXT NOT NULL, \"by\" INTEGER, via TEXT, "
      "rule TEXT, what TEXT NOT NULL, note TEXT, changes TEXT, hash TEXT);"
      "CREATE INDEX ix__history ON _history (form, record, id)" },
    { "stage_history", "CREATE TABLE stage_history (id INTEGER PRIMARY KEY AUTOINCREMENT, "
      "form TEXT NOT NULL, record INTEGER NOT NULL, workflow TEXT, \"from\" TEXT, "
      "\"to\" TEXT, transition TEXT, \"by\" INTEGER, at TEXT NOT NULL, seconds INTEGER, "
      "working_seconds INTEGER, comment TEXT, due_at TEXT, paused_seconds INTEGER, in_time INTEGER, "
      "from_workflow TEXT);"
      "CREATE INDEX ix_stage_history ON stage_history (form, record, id);"
      "CREATE INDEX ix_stage_history_at ON stage_history (form, at)" },
    { "_wait", "CREATE TABLE _wait (id INTEGER PRIMARY KEY AUTOINCREMENT, "
      "form TEXT NOT NULL, record INTEGER NOT NULL, transition TEXT NOT NULL, "
      "child_form TEXT NOT NULL, child INTEGER NOT NULL, state TEXT NOT NULL);"
      "CREATE INDEX ix__wait ON _wait (form, record, id);"
      "CREATE INDEX ix__wait_child ON _wait (child_form, child)" },
    { "_ripple", "CREATE TABLE _ripple (id INTEGER PRIMARY KEY AUTOINCREMENT, "
      "form TEXT NOT NULL, record INTEGER NOT NULL, depend TEXT NOT NULL, "
      "after INTEGER NOT NULL, done INTEGER NOT NULL, total INTEGER NOT NULL, "
      "UNIQUE (form, record, depend))" },
    { "_timer", "CREATE TABLE _timer (id INTEGER PRIMARY KEY AUTOINCREMENT, "
      "rule TEXT NOT NULL, form TEXT NOT NULL, record INTEGER NOT NULL, occurrence TEXT NOT NULL, "
      "due INTEGER NOT NULL, payload TEXT, UNIQUE (rule, form, record, occurrence));"
      "CREATE INDEX ix__timer_due ON _timer (due);"
      "CREATE INDEX ix__timer_record ON _timer (form, record)" },
    { "_job", "CREATE TABLE _job (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, "
      "body TEXT, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, "
      "due INTEGER NOT NULL, lease_until INTEGER, last_error TEXT, created_at TEXT, lane TEXT, "
      "status INTEGER, ms INTEGER, tried_at INTEGER, key TEXT);"
      "CREATE INDEX ix__job_due ON _job (state, due);" JOB_STATE JOB_KEY },
    { "_job_lane", "CREATE TABLE _job_lane (lane TEXT PRIMARY KEY, failed INTEGER NOT NULL, "
      "until INTEGER NOT NULL, error TEXT, at TEXT NOT NULL)" },
    { "_message", "CREATE TABLE _message (id INTEGER PRIMARY KEY AUTOINCREMENT, "
      "\"user\" INTEGER NOT NULL, at TEXT NOT NULL, read_at TEXT, text TEXT NOT NULL, form TEXT, "
      "record INTEGER, kind TEXT, late_s INTEGER);"
      "CREATE INDEX ix__message_user ON _message (\"user\", id);"
      "CREATE INDEX ix__message_unread ON _message (\"user\") WHERE read_at IS NULL" },
    { "_reminder", "CREATE TABLE _reminder (id INTEGER PRIMARY KEY AUTOINCREMENT, "
      "\"user\" INTEGER NOT NULL, form TEXT NOT NULL, record INTEGER NOT NULL, "
      "\"at\" INTEGER NOT NULL, \"text\" TEXT, made_at TEXT NOT NULL);"
      "CREATE INDEX ix__reminder_user ON _reminder (\"user\", \"at\");"
      "CREATE INDEX ix__reminder_form ON _reminder (form)" },
    { "_way", "CREATE TABLE _way (\"user\" INTEGER PRIMARY KEY, choice TEXT NOT NULL)" },
    { "_digest", "CREATE TABLE _digest (id INTEGER PRIMARY KEY AUTOINCREMENT, "
      "\"user\" INTEGER NOT NULL, \"at\" INTEGER NOT NULL, channel TEXT NOT NULL, "
      "\"text\" TEXT, form TEXT, record INTEGER);"
      "CREATE INDEX ix__digest_user ON _digest (\"user\");"
      "CREATE INDEX ix__digest_form ON _digest (form)" },
    { "_session", "CREATE TABLE _session (hash TEXT PRIMARY KEY, \"user\" INTEGER NOT NULL, "
      "created_at INTEGER NOT NULL, seen_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, "
      "address TEXT);"
      "CREATE INDEX ix__session_user ON _session (\"user\")" },
    { "_token", "CREATE TABLE _token (hash TEXT PRIMARY KEY, \"user\" INTEGER NOT NULL, "
      "name TEXT, created_at TEXT NOT NULL, used_at TEXT)" },
    { "_login", "CREATE TABLE _login (\"user\" INTEGER PRIMARY KEY, password TEXT NOT NULL)" },
    { "_serial", "CREATE TABLE _serial (key TEXT PRIMARY KEY, value INTEGER NOT NULL)" },
    { "_rotation", "CREATE TABLE _rotation (key TEXT PRIMARY KEY, state TEXT)" },
    { "_store", "CREATE TABLE _store (plugin TEXT NOT NULL, key TEXT NOT NULL, value TEXT, "
      "PRIMARY KEY (plugin, key))" },
    { "_explain", "CREATE TABLE _explain (id INTEGER PRIMARY KEY AUTOINCREMENT, "
      "form TEXT NOT NULL, record INTEGER NOT NULL, at TEXT NOT NULL, rule TEXT, text TEXT);"
      "CREATE INDEX ix__explain ON _explain (form, record, id)" },
    { "_idempotency", "CREATE TABLE _idempotency (key TEXT NOT NULL, "
      "\"user\" INTEGER NOT NULL, request TEXT, answer TEXT, at TEXT NOT NULL, PRIMARY KEY (\"user\", key))" },
    { "_file", "CREATE TABLE _file (id INTEGER PRIMARY KEY AUTOINCREMENT, "
      "version INTEGER NOT NULL DEFAULT 1, created_at TEXT NOT NULL, created_by INTEGER, "
      "updated_at TEXT, updated_by INTEGER, deleted_at TEXT, name TEXT NOT NULL, "
      "size INTEGER NOT NULL, type TEXT NOT NULL, hash TEXT NOT NULL);"
      "CREATE INDEX ix__file_hash ON _file (hash);"
      "CREATE INDEX ix__file_by ON _file (created_by, created_at)" },
    { "_file_use", "CREATE TABLE _file_use (file INTEGER NOT NULL REFERENCES _file(id), "
      "form TEXT NOT NULL, record INTEGER NOT NULL, field TEXT NOT NULL, "
      "PRIMARY KEY (file, form, record, field))" },
    { "_import", "CREATE TABLE _import (id INTEGER PRIMARY KEY AUTOINCREMENT, form TEXT NOT NULL, "
      "\"by\" INTEGER NOT NULL, at TEXT NOT NULL, file INTEGER NOT NULL, name TEXT NOT NULL, "
      "sheet INTEGER NOT NULL, data INTEGER NOT NULL, \"rows\" INTEGER NOT NULL, "
      "columns TEXT NOT NULL, state TEXT NOT NULL, \"row\" INTEGER NOT NULL, made INTEGER NOT NULL, "
      "refused INTEGER NOT NULL, undone INTEGER NOT NULL, kept INTEGER NOT NULL, error TEXT, "
      "ended_at TEXT);"
      "CREATE INDEX ix__import_form ON _import (form, id)" },
    { "_import_row", "CREATE TABLE _import_row (import INTEGER NOT NULL REFERENCES _import (id) "
      "ON DELETE CASCADE, \"row\" INTEGER NOT NULL, record INTEGER, version INTEGER, error TEXT, "
      "PRIMARY KEY (import, \"row\"))" },
    { "_swept", "CREATE TABLE _swept (hash TEXT PRIMARY KEY, mark TEXT NOT NULL, "
      "at INTEGER NOT NULL, done INTEGER NOT NULL)" },
    { "_view", "CREATE TABLE _view (id INTEGER PRIMARY KEY AUTOINCREMENT, form TEXT NOT NULL, "
      "\"user\" INTEGER NOT NULL" USER_REFERENCE ", name TEXT NOT NULL, view TEXT, filter TEXT, sort TEXT, columns TEXT, at TEXT NOT NULL);"
      "CREATE INDEX ix__view ON _view (form, \"user\");"
      "CREATE INDEX ix__view_user ON _view (\"user\")" },
    { "_view_role", "CREATE TABLE _view_role (view INTEGER NOT NULL REFERENCES _view (id) "
      "ON DELETE CASCADE, role TEXT NOT NULL, PRIMARY KEY (view, role))" },
    { "_view_default", "CREATE TABLE _view_default (\"user\" INTEGER NOT NULL"
      USER_REFERENCE ", form TEXT NOT NULL, "
      "view INTEGER REFERENCES _view (id) ON DELETE CASCADE, key TEXT, "
      "PRIMARY KEY (\"user\", form));"
      "CREATE INDEX ix__view_default ON _view_default (view)" },
    { "_approval", "CREATE TABLE _approval (id INTEGER PRIMARY KEY AUTOINCREMENT, "
      "form TEXT NOT NULL, record INTEGER NOT NULL, workflow TEXT NOT NULL, "
      "workflow_version INTEGER, transition TEXT NOT NULL, stage TEXT NOT NULL, "
      "\"by\" INTEGER, at TEXT NOT NULL, body TEXT, comment TEXT, state TEXT NOT NULL, "
      "step INTEGER NOT NULL, resume INTEGER NOT NULL DEFAULT -1, ended_at TEXT, note TEXT);"
      "CREATE INDEX ix__approval ON _approval (form, record, id);"
      "CREATE INDEX ix__approval_by ON _approval (\"by\", id);"
      "CREATE UNIQUE INDEX ux__approval ON _approval (form, record) WHERE state = 'waiting'" },
    { "_task", "CREATE TABLE _task (id INTEGER PRIMARY KEY AUTOINCREMENT, "
      "approval INTEGER NOT NULL REFERENCES _approval (id) ON DELETE CASCADE, "
      "form TEXT NOT NULL, record INTEGER NOT NULL, step INTEGER NOT NULL, seat INTEGER NOT NULL, "
      "place INTEGER NOT NULL, kind TEXT NOT NULL, \"user\" INTEGER NOT NULL, state TEXT NOT NULL, "
      "decided_by INTEGER, decided_at TEXT, comment TEXT, asked_at TEXT, "
      "due INTEGER);"
      "CREATE INDEX ix__task ON _task (approval, id);"
      "CREATE INDEX ix__task_user ON _task (\"user\", state, id);"
      "CREATE INDEX ix__task_decided ON _task (decided_by, id);"
      "CREATE INDEX ix__task_record ON _task (form, record, \"user\")" },
    { "_delegation", "CREATE TABLE _delegation (id INTEGER PRIMARY KEY AUTOINCREMENT, "
      "\"user\" INTEGER NOT NULL, delegate INTEGER NOT NULL, begins INTEGER NOT NULL, "
      "ends INTEGER NOT NULL, form TEXT, at TEXT NOT NULL);"
      "CREATE INDEX ix__delegation ON _delegation (delegate, ends);"
      "CREATE INDEX ix__delegation_user ON _delegation (\"user\", ends)" },
    { "_assigned", "CREATE TABLE _assigned (id INTEGER PRIMARY KEY AUTOINCREMENT, "
      "form TEXT NOT NULL, record INTEGER NOT NULL, field TEXT NOT NULL, kind TEXT NOT NULL, "
      "\"user\" INTEGER, \"from\" INTEGER, pool TEXT, \"by\" INTEGER, at TEXT NOT NULL, "
      "day TEXT NOT NULL, rule TEXT, reason TEXT);"
      "CREATE INDEX ix__assigned ON _assigned (form, record, id);"
      "CREATE INDEX ix__assigned_user ON _assigned (form, \"user\", day, kind)" },
    { "_run", "CREATE TABLE _run (id INTEGER PRIMARY KEY AUTOINCREMENT, form TEXT NOT NULL, "
      "automation TEXT NOT NULL, record INTEGER NOT NULL, event TEXT NOT NULL, at INTEGER NOT NULL, "
      "\"by\" INTEGER, us INTEGER NOT NULL, state TEXT NOT NULL, steps TEXT, error TEXT, "
      "given TEXT);"
      "CREATE INDEX ix__run_record ON _run (form, record, id);"
      "CREATE INDEX ix__run_automation ON _run (form, automation, id);"
      "CREATE INDEX ix__run_state ON _run (state, id);"
      "CREATE INDEX ix__run_at ON _run (at)" },
    { "_incoming", "CREATE TABLE _incoming (form TEXT NOT NULL, automation TEXT NOT NULL, "
      "id TEXT NOT NULL, at INTEGER NOT NULL, run INTEGER NOT NULL, "
      "PRIMARY KEY (form, automation, id)); CREATE INDEX ix__incoming_at ON _incoming (at)" },
    { "_secret", "CREATE TABLE _secret (name TEXT PRIMARY KEY, value TEXT NOT NULL)" },
};

/* What later versions of the program added to tables that are there. */
static const struct { const char *table, *column, *sql; } columns[] = {
    { "_definition", "plan", "ALTER TABLE _definition ADD COLUMN plan TEXT" },
    { "stage_history", "from_workflow", "ALTER TABLE stage_history ADD COLUMN from_workflow TEXT" },
    { "stage_history", "due_at", "ALTER TABLE stage_history ADD COLUMN due_at TEXT" },
    { "stage_history", "paused_seconds",
      "ALTER TABLE stage_history ADD COLUMN paused_seconds INTEGER" },
    { "stage_history", "in_time", "ALTER TABLE stage_history ADD COLUMN in_time INTEGER;"
      "CREATE INDEX IF NOT EXISTS ix_stage_history_at ON stage_history (form, at)" },
    { "_run", "given", "ALTER TABLE _run ADD COLUMN given TEXT" },
    { "_job", "lane", "ALTER TABLE _job ADD COLUMN lane TEXT" },
    { "_job", "status", "ALTER TABLE _job ADD COLUMN status INTEGER" },
    { "_job", "ms", "ALTER TABLE _job ADD COLUMN ms INTEGER" },
    { "_job", "tried_at", "ALTER TABLE _job ADD COLUMN tried_at INTEGER" },
    { "_job", "key", "ALTER TABLE _job ADD COLUMN key TEXT;" JOB_STATE JOB_KEY },
};

/* The same in PostgreSQL's words: its INTEGER has 32 bits, and texts are ordered by code point. */
static const char *worded(Arena *a, Dialect dialect, const char *sql)
{
    static const char *const words[][2] = {
        { " INTEGER PRIMARY KEY AUTOINCREMENT",
          " bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY" },
        { USER_REFERENCE, "" }, { " INTEGER", " bigint" }, { " TEXT", " text COLLATE \"C\"" },
    };
    Str s = str_begin(a);

    if (dialect == DIALECT_SQLITE) return sql;
    for (const char *p = sql; *p;) {
        int i = 0;
        while (i < LEN(words) && !str_starts(p, words[i][0])) i++;
        if (i < LEN(words)) {
            str_add(&s, words[i][1]);
            p += strlen(words[i][0]);
        } else {
            str_add_char(&s, *p++);
        }
    }
    return str_show(&s);
}

/* Nobody but the owner reads them, whatever was granted (policy.h). */
static const char *made(Arena *a, Dialect dialect, int i)
{
    const char *sql = worded(a, dialect, tables[i].sql);

    if (dialect == DIALECT_SQLITE) return sql;
    return arena_printf(a, "%s;ALTER TABLE %s ENABLE ROW LEVEL SECURITY", sql, tables[i].name);
}

MUST static bool has_column(Cx *cx, Db *db, const char *table, const char *name, bool *has)
{
    Column *column;
    int n;

    *has = false;
    if (!db_columns(cx, db, table, &column, &n)) return false;
    for (int i = 0; i < n; i++) *has |= str_eq(column[i].name, name);
    return true;
}

/* Nodes that start together make the tables one after another; who waited looks again, for what
   it would make is there then, and the unit runs anew. */
MUST static bool one_by_one(Cx *cx, Db *db)
{
    Sql q = sql_begin(cx->a, db_dialect(db));

    if (q.dialect == DIALECT_SQLITE) return true;
    sql_add(&q, "SELECT 1 FROM pg_advisory_xact_lock(7415902638104471)");
    return db_run(cx, db, &q, NULL);
}

static bool make(Cx *cx, Db *db, void *arg)
{
    (void)arg;
    const char **there;
    int n;

    if (!one_by_one(cx, db) || !db_tables(cx, db, &there, &n)) return false;
    for (int i = 0; i < LEN(tables); i++)
        if (!str_in(tables[i].name, there, n)
            && !db_script(cx, db, made(cx->a, db_dialect(db), i))) return false;
    for (int i = 0; i < LEN(columns); i++) {
        bool has;
        if (!has_column(cx, db, columns[i].table, columns[i].column, &has)) return false;
        if (!has && !db_script(cx, db, worded(cx->a, db_dialect(db), columns[i].sql))) return false;
    }
    return true;
}

const char *schema_of_users(void)
{
    return "ALTER TABLE _view ADD FOREIGN KEY (\"user\")" USER_REFERENCE ";\n"
        "ALTER TABLE _view_default ADD FOREIGN KEY (\"user\")" USER_REFERENCE;
}

bool schema_is_system(const char *table)
{
    for (int i = 0; i < LEN(tables); i++)
        if (str_eq(tables[i].name, table)) return true;
    return false;
}

bool schema_system(Cx *cx, Db *db)
{
    const char **there;
    int n, missing = 0;

    if (!db_tables(cx, db, &there, &n)) return false;
    for (int i = 0; i < LEN(tables); i++) missing += !str_in(tables[i].name, there, n);
    for (int i = 0; !missing && i < LEN(columns); i++) {
        bool has;
        if (!has_column(cx, db, columns[i].table, columns[i].column, &has)) return false;
        missing += !has;
    }
    return (!missing || db_write(cx, db, make, NULL)) && expr_pg_install(cx, db);
}
