# Data cases: each kind has a small reader. run_defs: wrong definitions, `# issue:` on the line.
add_executable(run_defs ${CMAKE_SOURCE_DIR}/tests/cases/run_defs.c)
target_link_libraries(run_defs PRIVATE def)

add_test(NAME cases_defs COMMAND run_defs ${CMAKE_SOURCE_DIR}/tests/cases/defs)
add_test(NAME cases_defs_clinic COMMAND run_defs ${CMAKE_SOURCE_DIR}/tests/apps clinic)
set_tests_properties(cases_defs cases_defs_clinic PROPERTIES LABELS cases TIMEOUT 120)

include(${CMAKE_SOURCE_DIR}/tests/cases/expr.cmake)

# run_yaml_edit: edits of YAML text; a bounded run of the property test here, a longer one by
# hand: run_yaml_edit random 2000 SEED FILE…
add_executable(run_yaml_edit ${CMAKE_SOURCE_DIR}/tests/cases/run_yaml_edit.c
    ${CMAKE_SOURCE_DIR}/tests/cases/yaml_random.c)
target_link_libraries(run_yaml_edit PRIVATE def)
file(GLOB yaml_cases CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/cases/yaml_edit/*.txt)
file(GLOB yaml_documents CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/cases/yaml_edit/docs/*.yaml
    ${CMAKE_SOURCE_DIR}/app.yaml ${CMAKE_SOURCE_DIR}/forms/*.yaml
    ${CMAKE_SOURCE_DIR}/workflows/*.yaml ${CMAKE_SOURCE_DIR}/tests/apps/*/*/*.yaml)
add_test(NAME cases_yaml_edit COMMAND run_yaml_edit cases ${yaml_cases})
add_test(NAME cases_yaml_edit_random COMMAND run_yaml_edit random 60 1 ${yaml_documents})
add_test(NAME cases_fmt_crm COMMAND tenon fmt --check ${CMAKE_SOURCE_DIR})
set_tests_properties(cases_yaml_edit cases_yaml_edit_random cases_fmt_crm PROPERTIES LABELS cases TIMEOUT 120)
