# The schemas of `tenon schema`, judged by ajv. Without the packages the test says so and fails.
if(TARGET tenon)
    script_tests(schema ${NODE} mjs "")
endif()
