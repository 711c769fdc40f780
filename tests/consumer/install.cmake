# cmake -Dbuild=<build folder> -Dsource=<root> -Dstage=<prefix> -P install.cmake
#
# Installs to one place and moves the tree to another, so that whoever uses it shows that it is relocatable. Checks
# that no file names where it came from, and that all headers and nothing else arrived.
cmake_minimum_required(VERSION 3.25)

set(first "${stage}-before-the-move")
file(REMOVE_RECURSE "${first}" "${stage}")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${build}" --prefix "${first}" RESULT_VARIABLE status
                ERROR_VARIABLE messages OUTPUT_QUIET)
if(NOT status EQUAL 0)
    message(FATAL_ERROR "the installation failed:\n${messages}")
endif()
file(RENAME "${first}" "${stage}")

file(GLOB_RECURSE headers RELATIVE "${source}" "${source}/include/*.hpp")
file(GLOB_RECURSE installed LIST_DIRECTORIES false RELATIVE "${stage}" "${stage}/*")
foreach(header IN LISTS headers)
    if(NOT header IN_LIST installed)
        message(SEND_ERROR "${header} is not installed")
    endif()
endforeach()
list(REMOVE_ITEM installed ${headers})
list(SORT installed)
set(expected
    share/cmake/kuramoto/FindFFTW3.cmake
    share/cmake/kuramoto/kuramoto-config-version.cmake share/cmake/kuramoto/kuramoto-config.cmake
    share/cmake/kuramoto/kuramoto-fftw-targets.cmake share/cmake/kuramoto/kuramoto-mpi-targets.cmake
    share/cmake/kuramoto/kuramoto-odeint-targets.cmake share/cmake/kuramoto/kuramoto-openmp-targets.cmake share/cmake/kuramoto/kuramoto-targets.cmake
    share/cmake/kuramoto/kuramoto-threads-targets.cmake
    share/pkgconfig/kuramoto.pc)
if(NOT installed STREQUAL expected)
    message(SEND_ERROR "beside the headers, installed: ${installed}\nexpected: ${expected}")
endif()

foreach(file IN LISTS installed)
    file(READ "${stage}/${file}" text)
    foreach(place IN ITEMS "${first}" "${source}" "${build}")
        string(FIND "${text}" "${place}" position)
        if(NOT position EQUAL -1)
            message(SEND_ERROR "${file} names ${place}")
        endif()
    endforeach()
    string(REGEX MATCH "-(O[0-9a-z]|march|ffast-math|W[a-z])[^\"\n]*" flag "${text}")
    if(flag)
        message(SEND_ERROR "${file} puts a flag on users: ${flag}")
    endif()
endforeach()
