# What the engine stands on: the system's packages, nothing copied into the tree.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
foreach(pair YAML=yaml-0.1 JANSSON=jansson SODIUM=libsodium UTF8PROC=libutf8proc
        SQLITE=sqlite3 PQ=libpq LUA=lua5.4 PCRE2=libpcre2-8 CURL=libcurl MD4C=md4c MAGIC=libmagic
        EXPAT=expat)
    string(REPLACE "=" ";" pair ${pair})
    list(GET pair 0 name)
    list(GET pair 1 module)
    pkg_check_modules(${name} REQUIRED IMPORTED_TARGET ${module})
endforeach()

# Debian's civetweb has no pkg-config file.
find_path(CIVETWEB_INCLUDE civetweb.h REQUIRED)
find_library(CIVETWEB_LIBRARY civetweb REQUIRED)
add_library(civetweb INTERFACE IMPORTED)
set_target_properties(civetweb PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${CIVETWEB_INCLUDE}
    INTERFACE_LINK_LIBRARIES ${CIVETWEB_LIBRARY})
