# cmake -Dcompiler=<C++ compiler> -Dinclude=<folder> -P light_includes.cmake
#
# Checks that kuramoto.hpp brings in none of the standard headers that cost compile time, directly or through another.
cmake_minimum_required(VERSION 3.25)

set(heavy algorithm complex filesystem format fstream functional future iostream map memory mutex numeric random ranges
          regex sstream thread unordered_map vector)

execute_process(COMMAND "${compiler}" -std=c++20 -M -I${include} "${include}/kuramoto/kuramoto.hpp"
                RESULT_VARIABLE status OUTPUT_VARIABLE rule)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "kuramoto.hpp does not compile")
endif()
string(REGEX REPLACE "[ \n\\]+" ";" files "${rule}")
if(NOT rule MATCHES "/kuramoto/grid/grid\\.hpp")
    message(FATAL_ERROR "no list of files in: ${rule}")
endif()
foreach(file IN LISTS files)
    get_filename_component(name "${file}" NAME)
    get_filename_component(folder "${file}" DIRECTORY)
    if(name IN_LIST heavy AND folder MATCHES "c\\+\\+")
        message(SEND_ERROR "kuramoto.hpp brings in <${name}>")
    endif()
endforeach()
