/*
 * rewrite_show.c — what a rename changes, to look at before it is done.
 */
#include "def/rewrite.h"
#include "base/diff.h"

#include <string.h>

char *rewrite_diff(Arena *a, const App *from, const App *to)
{
    Str s = str_begin(a);
    for (int i = 0; i < to->nsource; i++)
        if (!str_eq(from->source[i].text, to->source[i].text))
            str_add(&s, diff_unified(a, to->source[i].path, from->source[i].text,
                to->source[i].text));
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

Node *rewrite_mentions(Arena *a, const Source *source, int n, const char **word, int nword)
{
    Node *list = node_list(a);
    for (int i = 0; i < n; i++) {
        char **line;
        if (!str_ends(source[i].path, ".lua") || !nword) continue;
        int lines = str_split(a, source[i].text, '\n', &line);
        for (int k = 0; k < lines; k++)
            for (int x = 0; x < nword; x++) {
                if (!mentions(line[k], word[x])) continue;
                Node *one = node_add(a, list, node_map(a));
                node_put_text(a, one, "file", source[i].path);
                node_put_int(a, one, "line", k + 1);
                node_put_text(a, one, "name", word[x]);
                node_put_text(a, one, "text", str_trim(a, line[k]));
            }
    }
    return list;
}

Node *rewrite_lua(Arena *a, const App *app, const App *before)
{
    Words w = { 0 };
    for (int i = 0; i < app->nrewrite; i++) add_word(a, &w, app->rewrite[i].old);
    for (int i = 0; before && i < app->nform; i++) {
        const Form *f = app->form[i], *old = app_form(before, f->key);
        const Form *former = f->was ? app_form(before, f->was) : NULL;
        if (!old && former) add_word(a, &w, f->was);
        if (!old) old = former;
        if (old) add_new(a, &w, f, old);
    }
    for (int i = 0; before && i < app->nrole; i++) {
        const Role *r = &app->role[i];
        if (r->was && app_role(before, r->was) && !app_role(before, r->key)) add_word(a, &w, r->was);
    }
    return rewrite_mentions(a, app->source, app->nsource, w.word, w.n);
}
