/*
 * fn_logic — choosing between values.
 */
#include "expr/tree.h"

static Val run_if(Call *c, const Val *x, int n)
{
    (void)c;
    int i = 0;
    for (; i + 1 < n; i += 2)
        if (x[i].kind == VAL_BOOL && x[i].i) return x[i + 1];
    return i < n ? x[i] : val_blank();
}

static Val run_switch(Call *c, const Val *x, int n)
{
    (void)c;
    int i = 1;
    for (; i + 1 < n; i += 2)
        if (value_same(x[0], x[i])) return x[i + 1];
    return i < n ? x[i] : val_blank();
}

static Val run_coalesce(Call *c, const Val *x, int n)
{
    (void)c;
    for (int i = 0; i < n; i++)
        if (!val_is_blank(x[i])) return x[i];
    return val_blank();
}

static Val run_is_blank(Call *c, const Val *x, int n)
{
    (void)c; (void)n;
    return val_bool(val_is_blank(x[0]));
}

const Func fn_logic[] = {
    { { "if", NULL, "logic", "boolean, any, ... any", "any", "if(2 > 1, 'yes', 'no')", "yes",
        "The value after the first condition that holds, else the last one" },
      run_if, bind_if, 0 },
    { { "ifs", NULL, "logic", "boolean, any, ...", "any", "ifs(1 > 2, 'a', 2 > 1, 'b')", "b",
        "The value after the first condition that holds, else blank" },
      run_if, bind_if, 0 },
    { { "switch", NULL, "logic", "any, any, any, ... any", "any",
        "switch('b', 'a', 1, 'b', 2, 0)", "2",
        "The value after the case equal to the first argument, else the last one or blank" },
      run_switch, bind_switch, 0 },
    { { "coalesce", "IFBLANK", "logic", "any, any...", "any", "coalesce(blank, 'x')", "x",
        "The first value that is not blank" },
      run_coalesce, bind_coalesce, 0 },
    { { "is_blank", "ISEMPTY ISBLANK", "logic", "any", "boolean", "is_blank('')", "true",
        "Is the value blank?" },
      run_is_blank, NULL, 0 },
};
const int fn_logic_n = LEN(fn_logic);
