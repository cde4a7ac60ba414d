/*
 * rewrite_show.c — what a rename changes, to look at before it is done.
 *
 * A rewrite changes words inside of lines, so both texts have the same lines and the diff needs
 * no search for what belongs together.
 */
#include "def/rewrite.h"

#include <string.h>

#define AROUND 3

static void add_line(Str *out, char sign, const char *line)
{
    str_add_char(out, sign);
    str_add(out, line);
    str_add_char(out, '\n');
}

static void add_hunk(Str *out, char **old, char **now, int from, int to)
{
    str_printf(out, "@@ -%d,%d +%d,%d @@\n", from + 1, to - from, from + 1, to - from);
    for (int i = from; i < to; ) {
        int end = i;
        if (str_eq(old[i], now[i])) {
            add_line(out, ' ', old[i++]);
            continue;
        }
        while (end < to && !str_eq(old[end], now[end])) end++;
        for (int k = i; k < end; k++) add_line(out, '-', old[k]);
        for (int k = i; k < end; k++) add_line(out, '+', now[k]);
        i = end;
    }
}

static void add_file(Str *out, const Source *from, const Source *to)
{
    char **old, **now;
    int n = str_split(out->a, from->text, '\n', &old);
    if (str_split(out->a, to->text, '\n', &now) != n) return;
    if (n && !*old[n - 1]) n--;
    str_printf(out, "--- a/%s\n+++ b/%s\n", from->path, to->path);
    for (int i = 0; i < n; i++) {
        if (str_eq(old[i], now[i])) continue;
        int last = i;
        for (int k = i; k < n && k <= last + 2 * AROUND; k++)
            if (!str_eq(old[k], now[k])) last = k;
        add_hunk(out, old, now, i > AROUND ? i - AROUND : 0,
            last + AROUND + 1 < n ? last + AROUND + 1 : n);
        i = last + AROUND;
    }
}

char *rewrite_diff(Arena *a, const App *from, const App *to)
{
    Str s = str_begin(a);
    for (int i = 0; i < to->nsource; i++)
        if (!str_eq(from->source[i].text, to->source[i].text))
            add_file(&s, &from->source[i], &to->source[i]);
    return (char *)str_show(&s);
}

typedef struct Words { const char **word; int n, cap; } Words;

static void add_word(Arena *a, Words *w, const char *word)
{
    if (!str_in(word, w->word, w->n)) ARENA_PUSH(a, w->word, w->n, w->cap, word);
}

/* Fields that are new there under this name, but were known under the old one. */
static void add_new(Arena *a, Words *w, const Form *now, const Form *before)
{
    for (int i = now->nsystem; i < now->nfield; i++) {
        const Field *f = now->field[i];
        const Field *old = form_field(before, f->was), *same = form_field(before, f->key);
        if (f->was && old && (!same || !str_eq(same->was, f->was))) add_word(a, w, f->was);
        if (f->rows && same && same->rows) add_new(a, w, f->rows, same->rows);
    }
}

static bool word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool mentions(const char *line, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = line; (p = strstr(p, word)); p++)
        if ((p == line || !word_char(p[-1])) && !word_char(p[n])) return true;
    return false;
}

Node *rewrite_lua(Arena *a, const App *app, const App *before)
{
    Words w = { 0 };
    Node *list = node_list(a);
    for (int i = 0; i < app->nrewrite; i++) add_word(a, &w, app->rewrite[i].old);
    for (int i = 0; before && i < app->nform; i++) {
        const Form *old = app_form(before, app->form[i]->key);
        if (old) add_new(a, &w, app->form[i], old);
    }
    for (int i = 0; i < app->nsource; i++) {
        char **line;
        if (!str_ends(app->source[i].path, ".lua") || !w.n) continue;
        int n = str_split(a, app->source[i].text, '\n', &line);
        for (int k = 0; k < n; k++)
            for (int x = 0; x < w.n; x++) {
                if (!mentions(line[k], w.word[x])) continue;
                Node *one = node_add(a, list, node_map(a));
                node_put_text(a, one, "file", app->source[i].path);
                node_put_int(a, one, "line", k + 1);
                node_put_text(a, one, "name", w.word[x]);
                node_put_text(a, one, "text", str_trim(a, line[k]));
            }
    }
    return list;
}
