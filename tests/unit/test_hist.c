/* links: base */
#include "test_support.h"
#include "base/hist.h"

#include <pthread.h>

static void a_value_falls_into_the_first_bucket_that_holds_it(void **state)
{
    static Hist h;
    (void)state;
    int64_t value[] = { 0, 1, 2, 3, 128, 129, 100000 };
    for (int i = 0; i < LEN(value); i++) hist_add(&h, &hist_count, value[i]);
    HistSeen seen = hist_see(&h);
    assert_int_equal(seen.in[0], 2);
    assert_int_equal(seen.in[1], 1);
    assert_int_equal(seen.in[2], 1);
    assert_int_equal(seen.in[7], 1);
    assert_int_equal(seen.in[HIST_BOUNDS], 2);
    assert_int_equal(seen.n, LEN(value));
    assert_int_equal(seen.sum, 0 + 1 + 2 + 3 + 128 + 129 + 100000);
}

static void bounds_rise(void **state)
{
    const HistScale *scale[] = { &hist_time, &hist_late, &hist_count };
    (void)state;
    for (int k = 0; k < LEN(scale); k++) {
        assert_true(scale[k]->n > 1 && scale[k]->n <= HIST_BOUNDS);
        for (int i = 1; i < scale[k]->n; i++)
            assert_true(scale[k]->bound[i] > scale[k]->bound[i - 1]);
    }
}

static Hist shared;

static void *add_many(void *arg)
{
    for (int i = 0; i < 20000; i++) hist_add(&shared, &hist_time, i);
    return arg;
}

static void threads_that_add_at_once_lose_nothing(void **state)
{
    pthread_t thread[4];
    (void)state;
    for (int i = 0; i < LEN(thread); i++) assert_int_equal(pthread_create(&thread[i], NULL, add_many, NULL), 0);
    for (int i = 0; i < LEN(thread); i++) pthread_join(thread[i], NULL);
    HistSeen seen = hist_see(&shared);
    assert_int_equal(seen.n, 4 * 20000);
    assert_int_equal(seen.in[0], 4 * 501);
    assert_int_equal(seen.sum, 4 * (int64_t)19999 * 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_falls_into_the_first_bucket_that_holds_it),
        cmocka_unit_test(bounds_rise),
        cmocka_unit_test(threads_that_add_at_once_lose_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
