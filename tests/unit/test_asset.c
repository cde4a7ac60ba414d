/* links: base web ZLIB::ZLIB */
#include "test_support.h"
#include "base/asset.h"
#include "base/i18n.h"
#include "base/sys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void every_embedded_file_is_found_by_its_path(void **state)
{
    (void)state;
    int n;
    const Asset *all = asset_list(&n);
    assert_true(n > 0);
    for (int i = 0; i < n; i++) {
        assert_ptr_equal(asset_find(all[i].path), &all[i]);
        assert_int_equal(all[i].data[all[i].n], 0);
        assert_int_equal(strlen(all[i].hash), 16);
        assert_true(strncmp(sys_sha256_hex(arena, all[i].data, all[i].n), all[i].hash, 16) == 0);
    }
    assert_null(asset_find("none"));
    assert_null(asset_find(""));
}

static void the_packed_form_is_the_same_file(void **state)
{
    (void)state;
    const Asset *zh = asset_find("i18n/zh.json");
    assert_non_null(zh);
    assert_non_null(zh->gz);
    unsigned char *plain = arena_alloc(arena, zh->n);
    z_stream z = { .next_in = (unsigned char *)zh->gz, .avail_in = (unsigned)zh->gz_n,
        .next_out = plain, .avail_out = (unsigned)zh->n };
    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    inflateEnd(&z);
    assert_memory_equal(plain, zh->data, zh->n);
}

static void every_translation_fits_the_conversions_of_its_key(void **state)
{
    (void)state;
    const char *why = "";
    const Asset *zh = asset_find("i18n/zh.json");
    if (!i18n_load("zh", (const char *)zh->data, &why)) fail_msg("%s", why);
    assert_string_not_equal(i18n_text("zh", "not UTF-8"), "not UTF-8");
}

static void a_folder_wins_while_developing(void **state)
{
    (void)state;
    char dir[] = "/tmp/tenon-asset-XXXXXX";
    assert_non_null(mkdtemp(dir));
    assert_true(dir_make(&cx, path_join(arena, dir, "i18n")));
    char *file = path_join(arena, dir, "i18n/zh.json");
    const Asset *built = asset_find("i18n/zh.json");
    asset_dir(dir);
    assert_ptr_equal(asset_find("i18n/zh.json"), built);
    assert_true(file_write(&cx, file, "{}", 2));
    const Asset *one = asset_find("i18n/zh.json");
    assert_string_equal((const char *)one->data, "{}");
    assert_ptr_equal(asset_find("i18n/zh.json"), one);
    assert_true(file_write(&cx, file, "{ }", 3));
    assert_int_equal(asset_find("i18n/zh.json")->n, 3);
    assert_string_equal((const char *)one->data, "{}");
    assert_null(asset_find("../etc/passwd"));
    asset_dir(NULL);
    assert_ptr_equal(asset_find("i18n/zh.json"), built);
    assert_int_equal(system(arena_printf(arena, "rm -r %s", dir)), 0);
}

RUN(T(every_embedded_file_is_found_by_its_path), T(the_packed_form_is_the_same_file),
    T(every_translation_fits_the_conversions_of_its_key),
    T(a_folder_wins_while_developing))
