/* An App from texts, for tests of definitions: app_of("forms/x.yaml", text, …, NULL). */
#ifndef TEST_APP_H
#define TEST_APP_H
#include "def/app.h"

#include <stdio.h>
#include <string.h>

static App *test_app;

static inline int end_app(void **state)
{
    app_give(test_app);
    test_app = NULL;
    return end(state);
}

#define TA(test) cmocka_unit_test_setup_teardown(test, begin, end_app)

static inline App *app_of(const char *path, ...)
{
    static const char plain[] = "app: test\nlanguages: [en, zh]\ntime_zone: Asia/Shanghai\n"
        "country: CN\ncurrency: CNY\nroles: {sales: {}, boss: {includes: [sales]}}\n";
    Source source[16];
    int n = 0;
    va_list args;
    source[n++] = (Source){ "app.yaml", plain, sizeof plain - 1 };
    va_start(args, path);
    for (const char *p = path; p; p = va_arg(args, const char *)) {
        const char *text = va_arg(args, const char *);
        if (str_eq(p, "app.yaml")) source[0] = (Source){ p, text, strlen(text) };
        else source[n++] = (Source){ p, text, strlen(text) };
    }
    va_end(args);
    test_app = app_load_sources(&cx, source, n, NULL);
    for (int i = 0; !test_app && i < cx.nissue; i++)
        fprintf(stderr, "%s:%d:%d: %s\n", cx.issue[i].at.file, cx.issue[i].at.line,
            cx.issue[i].at.col, cx.issue[i].text);
    assert_non_null(test_app);
    return test_app;
}
#endif
