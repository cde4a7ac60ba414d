/* links: base */
#include "test_support.h"
#include "base/diff.h"

#include <stdlib.h>
#include <string.h>

static void a_change_is_shown_with_three_lines_around_it(void **state)
{
    (void)state;
    assert_string_equal(diff_unified(arena, "forms/a.yaml", "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
        "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"),
        "--- a/forms/a.yaml\n+++ b/forms/a.yaml\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
    assert_string_equal(diff_unified(arena, "x", "same\n", "same\n"), "");
    assert_string_equal(diff_unified(arena, "x", NULL, "new\n"),
        "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+new\n");
    assert_string_equal(diff_unified(arena, "x", "a\n", NULL),
        "--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n");
    assert_string_equal(diff_unified(arena, "x", "a", "a\n"), "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n"
        "\\ No newline at end of file\n+a\n");
    assert_string_equal(diff_unified(arena, "x", NULL, NULL), "");
    assert_string_equal(diff_unified(arena, "x", NULL, ""), "--- /dev/null\n+++ b/x\n");
}

static void far_changes_are_hunks_of_their_own(void **state)
{
    (void)state;
    const char *old = "a\n1\n2\n3\n4\n5\n6\n7\nb\n";
    const char *far = diff_unified(arena, "x", old, "A\n1\n2\n3\n4\n5\n6\n7\nB\n");
    assert_non_null(strstr(far, "@@ -1,4 +1,4 @@"));
    assert_non_null(strstr(far, "@@ -6,4 +6,4 @@"));
    const char *near = diff_unified(arena, "x", old, "A\n1\n2\n3\n4\n5\n6\n7!\nb\n");
    assert_non_null(strstr(near, "@@ -1,9 +1,9 @@"));
}

/* ---- against a model ---- */

static char *random_text(unsigned *seed, int lines, int letters)
{
    Str s = str_begin(arena);
    for (int i = 0; i < lines; i++) {
        str_add_char(&s, (char)('a' + rand_r(seed) % letters));
        if (i + 1 < lines || rand_r(seed) % 4) str_add_char(&s, '\n');
    }
    return (char *)str_show(&s);
}

/* The length of the longest common subsequence, the slow way. */
static int common(const Diff *d)
{
    int *best = ARENA_ARRAY(arena, int, (d->nold + 1) * (d->nnew + 1)), w = d->nnew + 1;
    for (int i = 1; i <= d->nold; i++)
        for (int j = 1; j <= d->nnew; j++) {
            const DiffLine *x = &d->old[i - 1], *y = &d->new[j - 1];
            int up = best[(i - 1) * w + j], left = best[i * w + j - 1];
            bool eq = x->n == y->n && !memcmp(x->p, y->p, x->n);
            best[i * w + j] = eq ? best[(i - 1) * w + j - 1] + 1 : up > left ? up : left;
        }
    return best[d->nold * w + d->nnew];
}

static char *applied(const Diff *d)
{
    Str s = str_begin(arena);
    int at = 0;
    for (int i = 0; i <= d->n; i++) {
        int to = i < d->n ? d->edit[i].old : d->nold;
        for (; at < to; at++) str_add_n(&s, d->old[at].p, d->old[at].n);
        if (i == d->n) break;
        for (int k = 0; k < d->edit[i].nnew; k++)
            str_add_n(&s, d->new[d->edit[i].new + k].p, d->new[d->edit[i].new + k].n);
        at += d->edit[i].nold;
    }
    return (char *)str_show(&s);
}

static void the_edit_leads_to_the_new_text_and_none_is_shorter(void **state)
{
    (void)state;
    unsigned seed = 7;
    for (int i = 0; i < 3000; i++) {
        ArenaMark mark = arena_mark(arena);
        int letters = 1 + rand_r(&seed) % 6;
        char *old = random_text(&seed, rand_r(&seed) % 25, letters);
        char *new = random_text(&seed, rand_r(&seed) % 25, letters);
        Diff d = diff_lines(arena, old, new);
        int gone = 0, come = 0;
        for (int k = 0; k < d.n; k++) {
            gone += d.edit[k].nold;
            come += d.edit[k].nnew;
            if (k) assert_true(d.edit[k].old > d.edit[k - 1].old + d.edit[k - 1].nold);
        }
        assert_string_equal(applied(&d), new);
        assert_int_equal(gone, d.nold - common(&d));
        assert_int_equal(come, d.nnew - common(&d));
        arena_rewind(arena, mark);
    }
}

static void two_changes_of_other_lines_become_one_text(void **state)
{
    (void)state;
    int line = 0;
    const char *base = "a\nb\nc\nd\ne\n";
    assert_string_equal(diff_merge(arena, base, "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\nf\n", false, &line),
        "A\nb\nc\nd\nE\nf\n");
    assert_string_equal(diff_merge(arena, base, "a\nc\nd\ne\n", "a\nb\nc\nd\nx\ne\n", false, &line),
        "a\nc\nd\nx\ne\n");
    assert_string_equal(diff_merge(arena, base, "a\nx\nc\nd\ne\n", "a\nx\nc\nd\ne\n", false, &line),
        "a\nx\nc\nd\ne\n");
    assert_string_equal(diff_merge(arena, base, base, "", false, &line), "");
}

static void two_changes_of_one_line_are_refused_with_its_place(void **state)
{
    (void)state;
    int line = 0;
    assert_null(diff_merge(arena, "a\nb\nc\n", "a\nx\nc\n", "a\ny\nc\n", false, &line));
    assert_int_equal(line, 2);
    /* Two lines at one place: which comes first nobody has said. */
    assert_null(diff_merge(arena, "a\nb\n", "a\nx\nb\n", "a\ny\nb\n", false, &line));
    assert_int_equal(line, 2);
    assert_string_equal(diff_merge(arena, "a\nb\n", "a\nx\nb\n", "a\ny\nb\n", true, &line),
        "a\ny\nx\nb\n");
    assert_string_equal(diff_merge(arena, "a\nb\n", "a\nx\nb\n", "a\nB\n", true, &line),
        "a\nx\nB\n");
    assert_string_equal(diff_merge(arena, "a\nb\n", "a\nb\nx\n", "a\nB\n", true, &line),
        "a\nB\nx\n");
    /* What one removes the other may not have changed. */
    assert_null(diff_merge(arena, "a\nb\nc\n", "a\nc\n", "a\nB\nc\n", false, &line));
}

static void a_merge_holds_both_changes_whoever_comes_first(void **state)
{
    (void)state;
    unsigned seed = 11;
    int merged = 0;
    for (int i = 0; i < 3000; i++) {
        ArenaMark mark = arena_mark(arena);
        int line;
        char *base = random_text(&seed, rand_r(&seed) % 20, 9);
        char *mine = random_text(&seed, rand_r(&seed) % 20, 9);
        assert_string_equal(diff_merge(arena, base, mine, base, false, &line), mine);
        assert_string_equal(diff_merge(arena, base, base, mine, false, &line), mine);
        char *theirs = arena_dup(arena, base);
        if (*theirs) theirs[rand_r(&seed) % strlen(theirs)] = 'Z';
        char *one = diff_merge(arena, base, mine, theirs, false, &line);
        char *two = diff_merge(arena, base, theirs, mine, false, &line);
        assert_int_equal(one == NULL, two == NULL);
        if (one) assert_string_equal(one, two);
        merged += one != NULL;
        arena_rewind(arena, mark);
    }
    assert_true(merged > 300);
}

static void texts_with_nothing_in_common_are_compared_too(void **state)
{
    (void)state;
    Str x = str_begin(arena), y = str_begin(arena);
    for (int i = 0; i < 3000; i++) {
        str_printf(&x, "x%d\n", i);
        str_printf(&y, "y%d\n", i);
    }
    Diff d = diff_lines(arena, str_show(&x), str_show(&y));
    assert_int_equal(d.n, 1);
    assert_int_equal(d.edit[0].nold, 3000);
}

RUN(T(a_change_is_shown_with_three_lines_around_it), T(far_changes_are_hunks_of_their_own),
    T(the_edit_leads_to_the_new_text_and_none_is_shorter),
    T(two_changes_of_other_lines_become_one_text),
    T(two_changes_of_one_line_are_refused_with_its_place),
    T(a_merge_holds_both_changes_whoever_comes_first),
    T(texts_with_nothing_in_common_are_compared_too))
