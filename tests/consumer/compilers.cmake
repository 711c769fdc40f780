# cmake -Dcompilers=<list> -Dinclude=<installed headers> -Dtests=<tests folder> -Dwork=<folder> -P compilers.cmake
#
# Builds a program against the installed headers with every compiler and level of optimisation. Warnings are errors. All
# builds must give the same bits; under -Ofast only the right numbers. A second program runs every algorithm. It is
# built without optimisation, and with the options that leave a compiler most freedom.
cmake_minimum_required(VERSION 3.25)

set(warnings -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wdouble-promotion -Werror)
# With -march=native on processors with AVX10, Clang 19 warns of its own choice of features, even in an empty file; the
# others do not know that warning.
list(APPEND warnings -Wno-unknown-warning-option -Wno-invalid-feature-combination)
file(MAKE_DIRECTORY "${work}")

# build_and_run(<result> <compiler> <flags> <sources>...): what the program prints.
function(build_and_run result compiler flags)
    separate_arguments(flags UNIX_COMMAND "${flags}")
    execute_process(COMMAND "${compiler}" -std=c++20 ${flags} ${warnings} "-I${include}" ${ARGN} -o "${work}/program"
                    RESULT_VARIABLE status ERROR_VARIABLE messages)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "${compiler} ${flags} does not build it:\n${messages}")
    endif()
    execute_process(COMMAND "${work}/program" RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE messages)
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "${compiler} ${flags}: the program ended with ${status}:\n${output}${messages}")
    endif()
    set(${result} "${output}" PARENT_SCOPE)
endfunction()

unset(expected)
foreach(compiler IN LISTS compilers)
    foreach(flags IN ITEMS -O0 -Og -O2 "-O3 -march=native" "-O2 -fno-exceptions -D_GLIBCXX_ASSERTIONS")
        build_and_run(bits "${compiler}" "${flags}" "${tests}/two_units/main.cpp" "${tests}/two_units/plain.cpp")
        message(STATUS "${compiler} ${flags}: ${bits}")
        if(NOT DEFINED expected)
            set(expected "${bits}")
        elseif(NOT bits STREQUAL expected)
            message(SEND_ERROR "${compiler} ${flags}: ${bits}others: ${expected}")
        endif()
    endforeach()
    # Clang 19 calls the name -Ofast out of date.
    build_and_run(number "${compiler}" "-Ofast -Wno-deprecated-ofast"
                  "${tests}/consumer/project/program.cpp")
endforeach()

# expect_same_hashes(<compiler> <flags>): compares the bits of every algorithm with those of the first build.
function(expect_same_hashes compiler flags)
    build_and_run(hashes "${compiler}" "${flags}" "-I${tests}" "${tests}/two_units/every_algorithm.cpp")
    if(NOT DEFINED expected_hashes)
        set(expected_hashes "${hashes}" PARENT_SCOPE)
    elseif(NOT hashes STREQUAL expected_hashes)
        string(REPLACE "\n" ";" expected_lines "${expected_hashes}")
        string(REPLACE "\n" ";" lines "${hashes}")
        list(REMOVE_ITEM lines ${expected_lines})
        list(JOIN lines "\n" lines)
        message(SEND_ERROR "${compiler} ${flags}: other bits than those of the first build:\n${lines}")
    endif()
endfunction()

unset(expected_hashes)
list(GET compilers 0 first)
expect_same_hashes("${first}" -O0)
foreach(compiler IN LISTS compilers)
    expect_same_hashes("${compiler}" "-O3 -march=native -ffp-contract=fast")
endforeach()
