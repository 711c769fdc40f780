# cmake -Dversion=<version of the CMake project> -Dcompiler=<C++ compiler> -Dsource=<root> -P version.cmake
#
# Checks that the header, CMake and the newest entry of the changelog name the same version.
cmake_minimum_required(VERSION 3.25)

string(REPLACE "." ", " numbers "${version}")
set(program "${CMAKE_CURRENT_BINARY_DIR}/version_check.cpp")
file(WRITE "${program}" "#include <kuramoto/version.hpp>
template <int major_number, int minor_number, int patch_number>
constexpr bool same = major_number == kuramoto::version_major && minor_number == kuramoto::version_minor &&
                      patch_number == kuramoto::version_patch;
static_assert(same<${numbers}>);
")
execute_process(COMMAND "${compiler}" -std=c++20 -fsyntax-only "-I${source}/include" "${program}"
                RESULT_VARIABLE status ERROR_VARIABLE messages)
if(NOT status EQUAL 0)
    message(SEND_ERROR "version.hpp and CMake (${version}) differ:\n${messages}")
endif()

file(STRINGS "${source}/CHANGELOG.md" entries REGEX "^## \\[[0-9]")
list(GET entries 0 newest)
string(REGEX MATCH "^## \\[([0-9]+\\.[0-9]+\\.[0-9]+)\\]" _ "${newest}")
if(NOT CMAKE_MATCH_1 VERSION_EQUAL version)
    message(SEND_ERROR "CHANGELOG.md begins with `${newest}`, but the version is ${version}")
endif()
