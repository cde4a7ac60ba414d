# The tests of files once more, with the files in an S3-compatible store.
if(PYTHON)
    database_test(api_files_s3 ${CMAKE_CURRENT_LIST_DIR}/test_files.py pg ${CMAKE_COMMAND} -E env
        TENON_TEST_FILES=s3 ${PYTHON} ${CMAKE_CURRENT_LIST_DIR}/test_files.py)
    set_database_tests(api_files_s3 api TIMEOUT 600 ENVIRONMENT "${script_environment}")
endif()
