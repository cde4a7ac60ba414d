# Data cases: each kind has a small reader. run_defs: wrong definitions, `# issue:` on the line;
# --strict: what the prover finds, `# finding:` on the line.
add_executable(run_defs ${CMAKE_SOURCE_DIR}/tests/cases/run_defs.c)
target_link_libraries(run_defs PRIVATE def)

add_test(NAME cases_defs COMMAND run_defs ${CMAKE_SOURCE_DIR}/tests/cases/defs)
add_test(NAME cases_defs_clinic COMMAND run_defs ${CMAKE_SOURCE_DIR}/tests/apps clinic)
add_test(NAME cases_strict COMMAND run_defs --strict ${CMAKE_SOURCE_DIR}/tests/cases/strict)
set_tests_properties(cases_defs cases_defs_clinic cases_strict PROPERTIES LABELS cases TIMEOUT 120)

include(${CMAKE_SOURCE_DIR}/tests/cases/expr.cmake)
