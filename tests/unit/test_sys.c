/* links: base */
#include "test_support.h"
#include "base/node_json.h"
#include "base/sys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/tenon-sys-XXXXXX";

static int make_dir(void **state)
{
    (void)state;
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", dir);
    return system(command);
}

static char *in_dir(const char *name)
{
    return path_join(arena, dir, name);
}

static void a_written_file_is_read_back(void **state)
{
    (void)state;
    char *data;
    size_t n;
    struct stat st;
    assert_true(file_write(&cx, in_dir("a"), "x\0y", 3));
    assert_true(file_read(&cx, in_dir("a"), 3, &data, &n));
    assert_int_equal(n, 3);
    assert_memory_equal(data, "x\0y", 4);
    assert_int_equal(stat(in_dir("a"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0644);
    assert_true(file_write(&cx, in_dir("a"), "", 0));
    assert_true(file_read(&cx, in_dir("a"), 3, &data, &n));
    assert_int_equal(n, 0);
}

static void a_file_that_is_too_large_or_missing_is_refused(void **state)
{
    (void)state;
    char *data;
    assert_true(file_write(&cx, in_dir("b"), "1234", 4));
    assert_false(file_read(&cx, in_dir("b"), 3, &data, NULL));
    assert_int_equal(cx.err, E_SIZE);
    cx_clear(&cx);
    assert_false(file_read(&cx, in_dir("none"), 3, &data, NULL));
    assert_int_equal(cx.err, E_MISSING);
    cx_clear(&cx);
    assert_false(file_read(&cx, dir, 3, &data, NULL));
    assert_int_equal(cx.err, E_SYS);
}

static void a_failed_write_leaves_nothing_behind(void **state)
{
    (void)state;
    const char **names;
    int n;
    assert_true(dir_make(&cx, in_dir("target.d/inner")));
    assert_false(file_write(&cx, in_dir("target.d"), "x", 1));
    cx_clear(&cx);
    assert_false(file_write(&cx, in_dir("no/such/folder"), "x", 1));
    cx_clear(&cx);
    assert_true(dir_list(&cx, dir, "", &names, &n));
    for (int i = 0; i < n; i++) assert_false(str_starts(names[i], "target.d."));
}

static void folders_are_made_with_parents_and_listed_by_name(void **state)
{
    (void)state;
    const char **names;
    int n;
    assert_true(dir_make(&cx, in_dir("p/q/r")));
    assert_true(dir_make(&cx, in_dir("p/q/r")));
    assert_true(file_is_dir(in_dir("p/q/r")));
    assert_true(file_write(&cx, in_dir("p/b.yaml"), "", 0));
    assert_true(file_write(&cx, in_dir("p/a.yaml"), "", 0));
    assert_true(file_write(&cx, in_dir("p/.hidden.yaml"), "", 0));
    assert_true(file_write(&cx, in_dir("p/c.lua"), "", 0));
    assert_true(dir_list(&cx, in_dir("p"), ".yaml", &names, &n));
    assert_int_equal(n, 2);
    assert_string_equal(names[0], "a.yaml");
    assert_true(dir_list(&cx, in_dir("nowhere"), ".yaml", &names, &n));
    assert_int_equal(n, 0);
    assert_false(dir_make(&cx, in_dir("p/c.lua/x")));
}

static void the_test_clock_stands_still_until_cleared(void **state)
{
    (void)state;
    sys_clock_set(1000);
    assert_int_equal(sys_now(), 1000);
    assert_int_equal(sys_now_ms(), 1000000);
    sys_clock_clear();
    assert_true(sys_now() > 1700000000);
    assert_true(sys_now_ms() / 1000 >= sys_now() - 1);
}

static void tokens_are_long_url_safe_and_never_the_same(void **state)
{
    (void)state;
    char *a = sys_token(arena), *b = sys_token(arena);
    assert_int_equal(strlen(a), 43);
    assert_string_not_equal(a, b);
    assert_int_equal(strspn(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
        43);
}

static void sha256_is_the_standards(void **state)
{
    (void)state;
    assert_string_equal(sys_sha256_hex(arena, "abc", 3),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void a_log_line_is_one_json_map(void **state)
{
    (void)state;
    char *data;
    size_t n;
    int keep = dup(2);
    assert_non_null(freopen(in_dir("log"), "w", stderr));
    sys_log(LOG_WARN, "a \"quoted\"\nmessage", "user", "中\xFF", "none", NULL, NULL);
    sys_log(LOG_DEBUG, "not shown", NULL);
    fflush(stderr);
    dup2(keep, 2);
    close(keep);
    assert_true(file_read(&cx, in_dir("log"), 10000, &data, &n));
    assert_ptr_equal(strchr(data, '\n'), data + n - 1);
    Node *line = json_parse(&cx, data, n);
    assert_string_equal(node_text(node_find(line, "message")), "a \"quoted\"\nmessage");
    assert_string_equal(node_text(node_find(line, "level")), "warn");
    assert_string_equal(node_text(node_find(line, "user")), "中\xEF\xBF\xBD");
    assert_true(str_ends(node_text(node_find(line, "time")), "Z"));
    assert_true(node_is(node_find(line, "none"), NODE_NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = { T(a_written_file_is_read_back),
        T(a_file_that_is_too_large_or_missing_is_refused),
        T(a_failed_write_leaves_nothing_behind),
        T(folders_are_made_with_parents_and_listed_by_name),
        T(the_test_clock_stands_still_until_cleared),
        T(tokens_are_long_url_safe_and_never_the_same), T(sha256_is_the_standards),
        T(a_log_line_is_one_json_map) };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
