/* links: def */
/* merge: two changes of one definition, made one or told apart. */
#include "test_support.h"
#include "def/merge.h"

#include <string.h>

static const char base[] =
    "form: note            # what we write down\n"
    "fields:\n"
    "  name: {type: text, required: true}   # always\n"
    "  size: {type: number}\n"
    "  day: {type: date}\n"
    "layout:\n"
    "  - {section: All, fields: [name, size]}\n"
    "  - {section: More, fields: [day]}\n";

/* base with `old` put as `new`. */
static const char *with(const char *text, const char *old, const char *new)
{
    const char *at = strstr(text, old);
    assert_non_null(at);
    return arena_printf(arena, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
}

static bool merged(const char *theirs, const char *mine, Merge *out)
{
    MergeAsk ask = { .file = "forms/note.yaml", .base = base, .theirs = theirs, .mine = mine };
    cx_clear(&cx);
    return merge_texts(&cx, &ask, out);
}

static void changes_of_other_paths_become_one_text(void **state)
{
    (void)state;
    Merge m;
    const char *theirs = with(base, "required: true", "required: false");
    const char *mine = with(base, "[day]", "[day, more]");
    assert_true(merged(theirs, mine, &m));
    assert_string_equal(m.text, with(theirs, "[day]", "[day, more]"));
    /* The same line of the file, and another path: lines say nothing against it … */
    assert_true(merged(with(base, "number}\n", "number}\n  one: {type: text}\n"),
        with(base, "number}\n", "number}\n  two: {type: text}\n"), &m));
    assert_non_null(strstr(m.text, "number}\n  one: {type: text}\n  two: {type: text}\n  day:"));
}

/* Both wrote on one line, and the paths differ: the edit is made again on the other's text. */
static void changes_on_one_line_become_one_line(void **state)
{
    (void)state;
    Merge m;
    const char *theirs = with(base, "required: true}", "required: true, max: 50}");
    assert_true(merged(theirs, with(base, "{type: text, ", "{type: longtext, "), &m));
    assert_string_equal(m.text, with(theirs, "{type: text, ", "{type: longtext, "));
    assert_true(merged(with(base, "type: number", "type: number, min: 1"),
        with(base, "type: number", "type: number, max: 9"), &m));
    assert_non_null(strstr(m.text, "size: {type: number, min: 1, max: 9}"));
    assert_true(merged(with(base, "type: number", "type: number, min: 1"),
        with(base, "type: number", "type: money"), &m));
    assert_non_null(strstr(m.text, "size: {type: money, min: 1}"));
}

static void both_sides_of_a_collision_are_told(void **state)
{
    (void)state;
    Merge m;
    assert_false(merged(with(base, "type: date", "type: datetime"),
        with(base, "type: date", "type: text"), &m));
    assert_int_equal(cx.err, E_CONFLICT);
    assert_int_equal(m.n, 1);
    assert_null(m.text);
    assert_string_equal(m.clash[0].path, "fields.day.type");
    assert_string_equal(node_text(m.clash[0].base), "date");
    assert_string_equal(node_text(m.clash[0].theirs), "datetime");
    assert_string_equal(node_text(m.clash[0].mine), "text");
}

static void what_one_removed_the_other_may_not_have_changed(void **state)
{
    (void)state;
    Merge m;
    assert_false(merged(with(base, "  size: {type: number}\n", ""),
        with(base, "type: number", "type: number, min: 1"), &m));
    assert_string_equal(m.clash[0].path, "fields.size");
    assert_null(m.clash[0].theirs);
    assert_non_null(m.clash[0].mine);
}

static void the_same_change_twice_is_one(void **state)
{
    (void)state;
    Merge m;
    const char *one = with(base, "type: date", "type: datetime");
    assert_true(merged(one, one, &m));
    assert_string_equal(m.text, one);
    assert_true(merged(one, with(one, "All", "Alles"), &m));
    assert_string_equal(m.text, with(one, "All", "Alles"));
}

static void orders_of_keys_collide_only_with_orders(void **state)
{
    (void)state;
    Merge m;
    const char *moved = with(with(base, "  size: {type: number}\n", ""), "  name:",
        "  size: {type: number}\n  name:");
    const char *other = with(with(base, "  day: {type: date}\n", ""), "  name:",
        "  day: {type: date}\n  name:");
    assert_true(merged(moved, with(base, "section: More", "section: Rest"), &m));
    assert_string_equal(m.text, with(moved, "section: More", "section: Rest"));
    assert_true(merged(moved, with(base, "type: date", "type: time"), &m));
    assert_string_equal(m.text, with(moved, "type: date", "type: time"));
    assert_false(merged(moved, other, &m));
    assert_string_equal(m.clash[0].path, "fields");
    assert_true(m.clash[0].order);
}

static void files_that_come_and_go_are_changes_too(void **state)
{
    (void)state;
    Merge m;
    MergeAsk gone = { .file = "forms/note.yaml", .base = base, .theirs = base, .mine = NULL };
    assert_true(merge_texts(&cx, &gone, &m));
    assert_null(m.text);
    gone.theirs = with(base, "All", "Alles");
    assert_false(merge_texts(&cx, &gone, &m));
    assert_string_equal(m.clash[0].path, "");
    cx_clear(&cx);
    MergeAsk both = { .file = "forms/a.yaml", .base = NULL, .theirs = "a: 1\n", .mine = "a: 2\n" };
    assert_false(merge_texts(&cx, &both, &m));
    assert_int_equal(m.n, 1);
}

static void rules_are_merged_by_lines_with_care(void **state)
{
    (void)state;
    Merge m;
    MergeAsk ask = { .file = "plugins/a.lua", .base = "a\nb\nc\n", .theirs = "A\nb\nc\n",
        .mine = "a\nb\nC\n" };
    assert_true(merge_texts(&cx, &ask, &m));
    assert_string_equal(m.text, "A\nb\nC\n");
    ask.mine = "X\nb\nc\n";
    assert_false(merge_texts(&cx, &ask, &m));
    assert_string_equal(m.clash[0].path, "line 1");
    /* Two lines at one place: in a program order matters, and nobody said which. */
    cx_clear(&cx);
    ask.theirs = "a\nx\nb\nc\n";
    ask.mine = "a\ny\nb\nc\n";
    assert_false(merge_texts(&cx, &ask, &m));
}

static void texts_that_are_no_yaml_are_compared_by_lines(void **state)
{
    (void)state;
    Merge m;
    const char *broken = with(base, "{type: date}", "{type: date");
    assert_true(merged(broken, with(base, "note            #", "note   #"), &m));
    assert_string_equal(m.text, with(broken, "note            #", "note   #"));
    assert_false(merged(broken, with(base, "type: date", "type: time"), &m));
    assert_string_equal(m.clash[0].path, "line 5");
}

/* Random changes of random fields: what does not collide holds both, whoever comes first; what
   does is told, never dropped. */
static void no_change_is_ever_lost(void **state)
{
    (void)state;
    static const char *const spot[] = { "required: true", "type: number", "type: date",
        "section: All", "[name, size]", "[day]", "  day: {type: date}\n", "  size:",
        "form: note            #" };
    static const char *const into[] = { "required: false", "type: money", "type: time",
        "section: Alles", "[size, name]", "[day, day]", "", "  new: {type: text}\n  size:",
        "form: memo #" };
    int clean = 0, collided = 0;
    for (int i = 0; i < LEN(spot); i++)
        for (int k = 0; k < LEN(spot); k++) {
            Merge one, two;
            const char *x = with(base, spot[i], into[i]);
            const char *y = k == i ? base : with(base, spot[k], into[k]);
            bool a = merged(x, y, &one), b = merged(y, x, &two);
            assert_int_equal(a, b);
            if (!a) {
                assert_true(one.n > 0 && two.n > 0);
                collided++;
                continue;
            }
            assert_string_equal(one.text, two.text);
            if (*into[i]) assert_non_null(strstr(one.text, into[i]));
            else assert_null(strstr(one.text, spot[i]));
            clean++;
        }
    assert_true(clean > 60);
    assert_true(collided >= 2);
}

RUN(T(changes_of_other_paths_become_one_text), T(changes_on_one_line_become_one_line),
    T(both_sides_of_a_collision_are_told),
    T(what_one_removed_the_other_may_not_have_changed), T(the_same_change_twice_is_one),
    T(orders_of_keys_collide_only_with_orders), T(files_that_come_and_go_are_changes_too),
    T(rules_are_merged_by_lines_with_care), T(texts_that_are_no_yaml_are_compared_by_lines),
    T(no_change_is_ever_lost))
