/* links: base */
/* What the bytes of a file say, what it may be called then, how large a picture claims to be. */
#include "test_support.h"
#include "base/media.h"
#include "base/str.h"

#include <string.h>

#define BYTES(text) text, sizeof text - 1

static void the_bytes_tell_the_type(void **state)
{
    static const struct { const char *data; size_t n; const char *type; } cases[] = {
        { BYTES("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x8\x2\0\0\0"), "image/png" },
        { BYTES("\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"), "image/jpeg" },
        { BYTES("GIF89a\1\0\1\0\0\0\0"), "image/gif" },
        { BYTES("%PDF-1.4\n"), "application/pdf" },
        { BYTES("<!DOCTYPE html><html><script>1</script></html>"), "text/html" },
        { BYTES("<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>"), "image/svg+xml" },
        { BYTES("x"), "text/plain" }, { BYTES("中文内容"), "text/plain" },
        { BYTES("\0\1\2\3"), "application/octet-stream" }, { "", 0, "application/octet-stream" },
    };
    (void)state;
    for (int i = 0; i < LEN(cases); i++)
        assert_string_equal(media_type(arena, cases[i].data, cases[i].n), cases[i].type);
}

static void a_name_gets_an_ending_that_fits(void **state)
{
    static const struct { const char *sent, *type, *kept; } cases[] = {
        { "a.png", "image/png", "a.png" }, { "A.PNG", "image/png", "A.PNG" },
        { "a.jpeg", "image/jpeg", "a.jpeg" }, { "a.pdf", "image/png", "a.pdf.png" },
        { "a", "application/pdf", "a.pdf" }, { "a.exe", "text/html", "a.exe.html" },
        { "a.pdf", "application/octet-stream", "a.pdf.bin" },
        { "a.xyz", "application/octet-stream", "a.xyz" }, { "a.md", "text/plain", "a.md" },
        { "a.html", "text/plain", "a.html.txt" }, { "a.docx", "application/zip", "a.docx" },
        { "a.pdf", "application/x-unknown", "a.pdf.bin" },
        { "a.xyz", "application/x-unknown", "a.xyz" },
        { "../../a.txt", "text/plain", "a.txt" }, { "c:\\x\\a.txt", "text/plain", "a.txt" },
        { "..", "text/plain", "file.txt" }, { "", "text/plain", "file.txt" },
        { NULL, "text/plain", "file.txt" }, { "a\x01\x7f.txt", "text/plain", "a.txt" },
        { "gpj\u202etxt.exe", "text/plain", "gpjtxt.exe.txt" }, { "a:b|c?.txt", "text/plain", "a_b_c_.txt" },
        { " .a.txt. ", "text/plain", "a.txt" }, { "中 文.txt", "text/plain", "中 文.txt" },
    };
    (void)state;
    for (int i = 0; i < LEN(cases); i++)
        assert_string_equal(media_name(arena, cases[i].sent, cases[i].type), cases[i].kept);
}

static void a_long_name_is_cut_between_characters_and_keeps_its_ending(void **state)
{
    Str s = str_begin(arena);
    (void)state;
    for (int i = 0; i < 200; i++) str_add(&s, "中");
    str_add(&s, ".txt");
    const char *name = media_name(arena, str_show(&s), "text/plain");
    assert_true(strlen(name) <= MEDIA_NAME && str_ends(name, ".txt"));
    assert_true(utf8_valid(name, strlen(name)));
    str_clear(&s);
    for (int i = 0; i < 300; i++) str_add_char(&s, 'a');
    name = media_name(arena, str_show(&s), "application/pdf");
    assert_true(strlen(name) <= MEDIA_NAME && str_ends(name, ".pdf"));
}

static void what_a_field_accepts_is_asked_of_the_type(void **state)
{
    (void)state;
    assert_true(media_fits("image/*", "image/png") && media_fits(".jpg", "image/jpeg"));
    assert_true(media_fits("image/png", "image/png") && media_fits(".docx", "application/zip"));
    assert_false(media_fits("image/*", "application/pdf") || media_fits(".pdf", "image/png"));
    assert_false(media_fits("image/png", "image/pngx") || media_fits(".png", "x/unknown"));
    static const char *const known[] = { ".pdf", "image/*", "application/pdf" };
    static const char *const unknown[] = { "pdf", ".pfd", "", "*", "*/*", "image/", "/png", "a/b/c",
        "image/p*", "Image/PNG", ".", "a b/c" };
    for (int i = 0; i < LEN(known); i++) assert_true(media_known(known[i]));
    for (int i = 0; i < LEN(unknown); i++) assert_false(media_known(unknown[i]));
}

static void a_picture_tells_its_size_by_its_head(void **state)
{
    static const struct { const char *data; size_t n; int64_t width, height; } cases[] = {
        { BYTES("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x61"), 60000, 60001 },
        { BYTES("GIF89a\xff\xff\1\0"), 65535, 1 },
        { BYTES("\xff\xd8\xff\xe0\0\4\0\0\xff\xc0\0\x11\x8\0\x10\0\x20\x3"), 32, 16 },
        { BYTES("RIFF\0\0\0\0WEBPVP8X\n\0\0\0\0\0\0\0\x1f\0\0\x0f\0\0"), 32, 16 },
    };
    int64_t width, height;
    (void)state;
    for (int i = 0; i < LEN(cases); i++) {
        assert_true(media_size(cases[i].data, cases[i].n, &width, &height));
        assert_int_equal(width, cases[i].width);
        assert_int_equal(height, cases[i].height);
        for (size_t n = 0; n < cases[i].n; n++) {       /* cut anywhere: no read behind the end */
            char *cut = mem_alloc(n ? n : 1);
            memcpy(cut, cases[i].data, n);
            media_size(cut, n, &width, &height);
            mem_free(cut);
        }
    }
    assert_false(media_size(BYTES("\xff\xd8\xff\xc0\0\1"), &width, &height));
    assert_false(media_size(BYTES("\xff\xd8\xff\xe0\0\0\xff\xe0\0\0\xff\xe0\0\0"), &width, &height));
}

RUN(
    T(the_bytes_tell_the_type),
    T(a_name_gets_an_ending_that_fits),
    T(a_long_name_is_cut_between_characters_and_keeps_its_ending),
    T(what_a_field_accepts_is_asked_of_the_type),
    T(a_picture_tells_its_size_by_its_head)
)
