/*
 * diff.c — Myers' shortest edit in linear space: the middle of the path is found from both ends
 * at once, and the halves are looked at on their own.
 *
 * A comparison that would cost too much (texts with nothing in common) gives up on being
 * shortest: the part is replaced as a whole, which is as right, only longer.
 */
#include "base/diff.h"

#include <string.h>

enum { CONTEXT = 3, MAX_COST = 20000 };

/* ---- lines ---- */

static DiffLine *split(Arena *a, const char *text, int *n)
{
    DiffLine *line = NULL;
    int cap = 0;

    *n = 0;
    while (text && *text) {
        size_t len = strcspn(text, "\n");
        uint64_t h = 14695981039346656037u;
        if (text[len]) len++;
        for (size_t i = 0; i < len; i++) h = (h ^ (unsigned char)text[i]) * 1099511628211u;
        DiffLine one = { text, len, h };
        ARENA_PUSH(a, line, *n, cap, one);
        text += len;
    }
    return line;
}

static bool same(const DiffLine *x, const DiffLine *y)
{
    return x->hash == y->hash && x->n == y->n && !memcmp(x->p, y->p, x->n);
}

/* ---- the shortest edit ---- */

typedef struct Part { int a, an, b, bn; } Part;          /* from, to (not included) */
typedef struct Search {
    const DiffLine *a, *b;
    bool *gone, *come;         /* lines of a that go, of b that come */
    int *front, *back, zero;   /* furthest x on diagonal k at [zero + k]; -1: none */
} Search;

static void replace(Search *s, Part p)
{
    for (int i = p.a; i < p.an; i++) s->gone[i] = true;
    for (int i = p.b; i < p.bn; i++) s->come[i] = true;
}

/* One step on diagonal k: right or down from its neighbours, then along equal lines. */
static int step(const Search *s, const int *v, int k, Part p, bool back)
{
    int n = p.an - p.a, m = p.bn - p.b;
    int down = v[s->zero + k + 1], right = v[s->zero + k - 1], x = -1;

    if (down >= 0 && down - k <= m) x = down;
    if (right >= 0 && right + 1 <= n && right + 1 > x) x = right + 1;
    if (x < 0) return -1;
    for (int y = x - k; x < n && y < m; x++, y++) {
        const DiffLine *one = back ? &s->a[p.an - 1 - x] : &s->a[p.a + x];
        const DiffLine *two = back ? &s->b[p.bn - 1 - y] : &s->b[p.b + y];
        if (!same(one, two)) break;
    }
    return x;
}

/* A point that a shortest path crosses. False: too dear. */
static bool middle(Search *s, Part p, int *x, int *y)
{
    int n = p.an - p.a, m = p.bn - p.b, delta = n - m;

    for (int k = -(m + 1); k <= n + 1; k++) s->front[s->zero + k] = -1;
    for (int k = -(m + 1); k <= n + 1; k++) s->back[s->zero + k] = -1;
    for (int d = 0; d <= (n + m + 1) / 2 && d < MAX_COST; d++) {
        for (int side = 0; side < 2; side++) {
            int *v = side ? s->back : s->front, *other = side ? s->front : s->back;
            int low = d <= m ? -d : d % 2 == m % 2 ? -m : 1 - m;
            int high = d <= n ? d : d % 2 == n % 2 ? n : n - 1;
            for (int k = low; k <= high; k += 2) {
                if (!d) v[s->zero + 1] = 0;              /* both begin at their corner */
                int far = step(s, v, k, p, side);
                if (!d) v[s->zero + 1] = -1;
                v[s->zero + k] = far;
                int across = delta - k;
                if (far < 0 || across < -m || across > n || other[s->zero + across] < 0
                    || far + other[s->zero + across] < n) continue;
                *x = side ? n - far : far;
                *y = side ? m - (far - k) : far - k;
                return true;
            }
        }
    }
    return false;
}

static void search(Search *s, Part p)
{
    int x, y;

    while (p.a < p.an && p.b < p.bn && same(&s->a[p.a], &s->b[p.b])) p.a++, p.b++;
    while (p.a < p.an && p.b < p.bn && same(&s->a[p.an - 1], &s->b[p.bn - 1])) p.an--, p.bn--;
    if (p.a == p.an || p.b == p.bn || !middle(s, p, &x, &y)) {
        replace(s, p);
        return;
    }
    search(s, (Part){ p.a, p.a + x, p.b, p.b + y });
    search(s, (Part){ p.a + x, p.an, p.b + y, p.bn });
}

static void gather(Arena *a, Diff *d, const Search *s)
{
    DiffEdit *edit = NULL;
    int i = 0, j = 0, cap = 0;

    while (i < d->nold || j < d->nnew) {
        DiffEdit e = { i, 0, j, 0 };
        while (i < d->nold && s->gone[i]) i++;
        while (j < d->nnew && s->come[j]) j++;
        e.nold = i - e.old;
        e.nnew = j - e.new;
        if (e.nold || e.nnew) ARENA_PUSH(a, edit, d->n, cap, e);
        else i++, j++;
    }
    d->edit = edit;
}

Diff diff_lines(Arena *a, const char *old, const char *new)
{
    Diff d = { 0 };

    d.old = split(a, old, &d.nold);
    d.new = split(a, new, &d.nnew);
    int size = d.nold + d.nnew + 8;
    Search s = { d.old, d.new, ARENA_ARRAY(a, bool, d.nold + 1), ARENA_ARRAY(a, bool, d.nnew + 1),
        ARENA_ARRAY(a, int, size), ARENA_ARRAY(a, int, size), d.nnew + 3 };
    search(&s, (Part){ 0, d.nold, 0, d.nnew });
    gather(a, &d, &s);
    return d;
}

/* ---- as text ---- */

static void put_line(Str *s, char sign, const DiffLine *line)
{
    str_add_char(s, sign);
    str_add_n(s, line->p, line->n);
    if (line->p[line->n - 1] != '\n') str_add(s, "\n\\ No newline at end of file\n");
}

/* "3,5"; a range of no lines names the line before it. */
static void put_range(Str *s, char sign, int at, int n)
{
    str_printf(s, "%c%d", sign, n ? at + 1 : at);
    if (n != 1) str_printf(s, ",%d", n);
}

/* Edits from..to (not included), which stand close together, as one hunk. */
static void put_hunk(Str *s, const Diff *d, int from, int to)
{
    const DiffEdit *e = d->edit, *last = &e[to - 1];
    int before = e[from].old < CONTEXT ? e[from].old : CONTEXT, i = e[from].old - before;
    int left = d->nold - last->old - last->nold, after = left < CONTEXT ? left : CONTEXT;

    str_add(s, "@@ ");
    put_range(s, '-', i, last->old + last->nold + after - i);
    str_add_char(s, ' ');
    put_range(s, '+', e[from].new - before,
        last->new + last->nnew + after - e[from].new + before);
    str_add(s, " @@\n");
    for (int k = from; k < to; k++) {
        for (; i < e[k].old; i++) put_line(s, ' ', &d->old[i]);
        for (int j = 0; j < e[k].nold; j++) put_line(s, '-', &d->old[i++]);
        for (int j = 0; j < e[k].nnew; j++) put_line(s, '+', &d->new[e[k].new + j]);
    }
    for (int k = 0; k < after; k++) put_line(s, ' ', &d->old[i++]);
}

char *diff_unified(Arena *a, const char *path, const char *old, const char *new)
{
    Str s = str_begin(a);
    Diff d = diff_lines(a, old, new);

    if (!d.n && !old == !new) return arena_dup(a, "");
    str_printf(&s, old ? "--- a/%s\n" : "--- /dev/null\n", path);
    str_printf(&s, new ? "+++ b/%s\n" : "+++ /dev/null\n", path);
    for (int from = 0, to; from < d.n; from = to) {
        for (to = from + 1; to < d.n; to++) {
            const DiffEdit *e = &d.edit[to - 1];
            if (d.edit[to].old - e->old - e->nold > 2 * CONTEXT) break;
        }
        put_hunk(&s, &d, from, to);
    }
    return (char *)str_show(&s);
}

/* ---- three texts ---- */

static void put_lines(Str *s, const DiffLine *line, int n)
{
    for (int i = 0; i < n; i++) str_add_n(s, line[i].p, line[i].n);
}

static bool equal_edits(const Diff *x, const DiffEdit *e, const Diff *y, const DiffEdit *f)
{
    if (e->old != f->old || e->nold != f->nold || e->nnew != f->nnew) return false;
    for (int i = 0; i < e->nnew; i++)
        if (!same(&x->new[e->new + i], &y->new[f->new + i])) return false;
    return true;
}

/* Does e end before f begins, so that which one comes first is no question? */
static bool is_before(const DiffEdit *e, const DiffEdit *f, bool touching)
{
    int end = e->old + e->nold;

    return end < f->old || (end == f->old && (touching || (e->nold && f->nold)));
}

char *diff_merge(Arena *a, const char *base, const char *mine, const char *theirs, bool touching,
    int *line)
{
    Str s = str_begin(a);
    Diff m = diff_lines(a, base, mine), t = diff_lines(a, base, theirs);
    int at = 0, i = 0, j = 0;

    while (i < m.n || j < t.n) {
        const DiffEdit *e = i < m.n ? &m.edit[i] : NULL, *f = j < t.n ? &t.edit[j] : NULL;
        const Diff *from = &m;
        if (e && f && equal_edits(&m, e, &t, f)) {
            i++;
            j++;
        } else if (f && (!e || is_before(f, e, touching))) {
            j++;
            from = &t;
            e = f;
        } else if (e && (!f || is_before(e, f, touching))) {
            i++;
        } else {
            *line = (e->old < f->old ? e->old : f->old) + 1;
            return NULL;
        }
        put_lines(&s, m.old + at, e->old - at);
        put_lines(&s, from->new + e->new, e->nnew);
        at = e->old + e->nold;
    }
    put_lines(&s, m.old + at, m.nold - at);
    return (char *)str_show(&s);
}
