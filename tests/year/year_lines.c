/*
 * year_lines.c — what the model expected and what the engine did, as sorted lines.
 *
 * A line is a moment, for what was missed also when it had been due, and words. Both sides must
 * have the same ones: nothing twice, nothing left out, nothing early. The order is that of the
 * engine's rows: within one moment what was due earlier comes first.
 */
#include "year.h"

#include <stdarg.h>

typedef struct Line { int64_t at, due, cause, id; char *text; } Line;   /* cause: due then */
typedef struct Lines { Line *line; int n, cap; int64_t last; } Lines;

static Lines expected[KINDS], seen[KINDS];
Counts counts;

static const char *const sql[KINDS] = {
    "SELECT \"id\", \"at\", \"late_s\", \"user\", \"text\" FROM \"_message\" WHERE \"id\" > %" PRId64
    " ORDER BY \"id\"",
    "SELECT \"id\", \"at\", 0, \"form\", \"record\", \"from\", \"to\", \"transition\", \"due_at\", "
    "\"paused_seconds\", \"in_time\", \"seconds\", \"working_seconds\" "
    "FROM \"stage_history\" WHERE \"id\" > %" PRId64 " ORDER BY \"id\"",
    "SELECT \"id\", \"at\", 0, \"form\", \"record\", \"kind\", \"user\", \"from\", \"pool\" "
    "FROM \"_assigned\" WHERE \"id\" > %" PRId64 " ORDER BY \"id\"",
    "SELECT \"id\", \"created_at\", 0, \"what\" FROM \"trace\" WHERE \"id\" > %" PRId64
    " ORDER BY \"id\"",
};
static const int columns[KINDS] = { 5, 13, 9, 4 };

static void add(Lines *l, Line line)
{
    if (l->n == l->cap) l->line = realloc(l->line, sizeof(Line) * (size_t)(l->cap = l->cap * 2 + 64));
    l->line[l->n++] = line;
}

void expect(int kind, int64_t due, const char *format, ...)
{
    char text[300];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!due) due = now;
    add(&expected[kind], (Line){ .at = now, .due = due, .text = strdup(text),
        .cause = firing ? firing : now });
    if (now - due > 60) counts.late++;
}

/* What is less than a minute late is not called late. */
void expect_message(int to, int64_t due, const char *text)
{
    if (to == NOBODY) return;
    if (now - due <= 60) due = now;
    expect(MESSAGES, due, "%s: %s", human[to].name, text);
}

void expect_task(int to, const char *text)
{
    int other = stands_in(to, now);

    expect_message(to, 0, text);
    if (other != NOBODY) expect_message(other, 0, text);
}

static int64_t moment(const char *text)
{
    int64_t at = 0;

    if (!*text) return 0;
    assert_true(datetime_parse(text, w->app->zone, &at));
    return at;
}

static void see(const char *const *v, void *arg)
{
    int kind = *(int *)arg;
    Line l = { .id = strtoll(v[0], NULL, 10), .at = moment(v[1]) };
    char text[300];

    l.due = l.at - strtoll(v[2], NULL, 10);
    if (kind == MESSAGES)
        snprintf(text, sizeof text, "%s: %s", human[person_of(strtoll(v[3], NULL, 10))].name, v[4]);
    if (kind == STAGES)
        snprintf(text, sizeof text, "%s %s: %s > %s by %s, due %" PRId64 " paused %s in time %s, %s s, "
            "%s s of work", v[3], v[4], v[5], v[6], v[7], moment(v[8]), v[9], v[10], v[11], v[12]);
    if (kind == HANDS)
        snprintf(text, sizeof text, "%s %s: %s, %s after %s, %s", v[3], v[4], v[5],
            *v[6] ? human[person_of(strtoll(v[6], NULL, 10))].name : "-",
            *v[7] ? human[person_of(strtoll(v[7], NULL, 10))].name : "-", v[8]);
    if (kind == TRACES) snprintf(text, sizeof text, "%s", v[3]);
    l.text = strdup(text);
    if (l.id > seen[kind].last) seen[kind].last = l.id;
    add(&seen[kind], l);
}

static int by_words(const void *a, const void *b)
{
    const Line *x = a, *y = b;
    int words = strcmp(x->text, y->text);

    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    if (words) return words;
    if (x->due != y->due) return x->due < y->due ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static int by_id(const void *a, const void *b)
{
    const Line *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

static const char *shown(const Line *l)
{
    static char text[2][400];
    static int turn;
    char at[2][32];

    datetime_show_local(at[0], sizeof at[0], l->at, w->app->zone);
    datetime_show_local(at[1], sizeof at[1], l->due, w->app->zone);
    turn = !turn;
    snprintf(text[turn], sizeof text[turn], "%s%s%s %s", at[0], l->due == l->at ? "" : " due ",
        l->due == l->at ? "" : at[1], l->text);
    return text[turn];
}

/* Rows of one moment are in the order in which what caused them was due. */
static void in_order(Line *line, int n)
{
    qsort(line, (size_t)n, sizeof *line, by_id);
    for (int i = 1; i < n; i++) {
        if (line[i].at < line[i - 1].at)
            fail_msg("%s\n  comes after %s", shown(&line[i]), shown(&line[i - 1]));
        if (line[i].at == line[i - 1].at && line[i].cause < line[i - 1].cause)
            fail_msg("%s\n  was due before, and came after %s", shown(&line[i]),
                shown(&line[i - 1]));
    }
}

static void compare_one(int kind)
{
    Lines *e = &expected[kind], *s = &seen[kind];

    rows_of(say(sql[kind], s->last), columns[kind], see, &kind);
    qsort(e->line, (size_t)e->n, sizeof(Line), by_words);
    qsort(s->line, (size_t)s->n, sizeof(Line), by_words);
    for (int i = 0; i < e->n || i < s->n; i++) {
        const Line *x = i < e->n ? &e->line[i] : NULL, *y = i < s->n ? &s->line[i] : NULL;
        bool same = x && y && x->at == y->at && !strcmp(x->text, y->text)
            && (kind != MESSAGES || x->due == y->due);
        if (same) s->line[i].cause = x->cause;
        else if (!y || (x && by_words(x, y) < 0)) fail_msg("%s\n  did not happen", shown(x));
        else fail_msg("%s\n  happened, and nothing made it so", shown(y));
    }
    in_order(s->line, s->n);
    counts.lines[kind] += s->n;
    for (int i = 0; i < s->n; i++) free(s->line[i].text), free(e->line[i].text);
    e->n = s->n = 0;
}

void compare(void)
{
    for (int kind = 0; kind < KINDS; kind++) compare_one(kind);
}
