# cmake -Dway=<way> -Dcompilers=<list> -Dinclude=<installed headers> -Dtests=<tests folder> -Dwork=<folder>
#       [-Dnvcc=<nvcc>] -P ways.cmake
#
# Builds programs against the installed headers in one of the ways that projects use, with every compiler that supports
# it. Warnings are errors.
cmake_minimum_required(VERSION 3.25)

set(warnings -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wdouble-promotion -Werror)
# With -march=native on processors with AVX10, Clang 19 warns about its own choice of features.
set(march -march=native -Wno-unknown-warning-option -Wno-invalid-feature-combination)
set(program "${tests}/consumer/project/program.cpp")
set(units "${tests}/two_units")
file(REMOVE_RECURSE "${work}")
file(MAKE_DIRECTORY "${work}")

# run(<command>...): runs a command, with its output in `output`. A failure is an error.
macro(run)
    execute_process(COMMAND ${ARGN} WORKING_DIRECTORY "${work}" RESULT_VARIABLE status OUTPUT_VARIABLE output
                    ERROR_VARIABLE messages)
    if(NOT status EQUAL 0)
        string(REPLACE ";" " " command "${ARGN}")
        message(FATAL_ERROR "${way}: ${command}\nended with ${status}:\n${output}${messages}")
    endif()
endmacro()
macro(compile)
    run("${compiler}" -std=c++20 ${warnings} "-I${include}" ${ARGN})
endmacro()

# build_and_run(<flags>...): builds the program with these flags and runs it.
macro(build_and_run)
    compile(${ARGN} "${program}" -o program)
    run("${work}/program")
endmacro()

# find_bits(): the output of tests/two_units/main.cpp in an ordinary build, in `bits`. It is the same for every
# compiler.
macro(find_bits)
    if(NOT DEFINED bits)
        compile(-O1 "${units}/main.cpp" "${units}/plain.cpp" -o alone)
        run("${work}/alone")
        set(bits "${output}")
        set(bits "${output}" PARENT_SCOPE)
    endif()
endmacro()
macro(compare_bits)
    if(NOT output STREQUAL bits)
        message(FATAL_ERROR "${way}, ${compiler}: ${output}an ordinary build: ${bits}")
    endif()
endmacro()

# supported(<code> <flags>...): whether the compiler builds a program with these flags, in `is_supported`.
macro(supported code)
    file(WRITE "${work}/probe.cpp" "${code}\nint main() {}\n")
    execute_process(COMMAND "${compiler}" -std=c++20 ${ARGN} probe.cpp -o probe WORKING_DIRECTORY "${work}"
                    RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
    if(status EQUAL 0)
        set(is_supported TRUE)
    else()
        set(is_supported FALSE)
    endif()
endmacro()

function(precompiled_header)
    file(WRITE "${work}/all.hpp" "#include <kuramoto/kuramoto.hpp>\n#include <kuramoto/npy.hpp>\n")
    if(is_clang)
        compile(-O2 -x c++-header all.hpp -o all.pch)
        build_and_run(-O2 -include-pch all.pch)
    else()
        compile(-O2 -x c++-header all.hpp -o all.hpp.gch)
        build_and_run(-O2 -Winvalid-pch -include all.hpp)
    endif()
endfunction()

# Several sources in one translation unit, as with CMake's UNITY_BUILD.
function(unity)
    file(WRITE "${work}/unity.cpp"
         "#include \"${program}\"\n#include \"${units}/plain.cpp\"\n#include \"${units}/refusals.cpp\"\n")
    compile(-O1 -DKURAMOTO_CHECK_INDICES=1 unity.cpp -o program)
    run("${work}/program")
endfunction()

# The run-time choices of the library, with the kernels in a file of their own.
function(several_files)
    set(folder "${tests}/consumer/several_files")
    compile(-O0 "${folder}/main.cpp" "${folder}/kernels.cpp" -o program)
    run("${work}/program")
endfunction()

# Link-time optimisation of units with different flags must not change the bits of the plain unit.
function(lto)
    supported("" -flto)
    if(NOT is_supported)
        message(STATUS "${compiler} has no -flto here")
        return()
    endif()
    file(WRITE "${work}/both.cpp" "#include \"${units}/two_units.hpp\"\nint main() {
    if (!(fast_unit().first_cell < 1e9)) return 1;
    print(plain_unit());\n}\n")
    find_bits()
    compile(-flto -O1 -c "${units}/plain.cpp")
    compile(-flto -O2 ${march} -ffast-math -DOTHER_UNIT=fast_unit -c "${units}/other.cpp" -o fast.o)
    compile(-flto -O1 both.cpp fast.o plain.o -o both)
    run("${work}/both")
    compare_bits()
endfunction()

function(no_rtti)
    build_and_run(-O1 -fno-rtti -fno-exceptions)
endfunction()

# With -finstrument-functions, Clang 14 cannot link a program that uses std::string: libstdc++ does not export the
# functions that it then calls.
function(instrumented)
    set(flags -O1 -fstack-protector-all -finstrument-functions)
    supported("#include <string>\nstd::string twice(const std::string& text) { return text + text; }" ${flags})
    if(NOT is_supported)
        list(REMOVE_ITEM flags -finstrument-functions)
    endif()
    build_and_run(${flags})
endfunction()

function(checked_library)
    build_and_run(-O0 -D_GLIBCXX_DEBUG -D_GLIBCXX_DEBUG_PEDANTIC -D_GLIBCXX_CONCEPT_CHECKS)
endfunction()

function(release)
    build_and_run(-O3 -DNDEBUG)
endfunction()

# Position-independent code in a shared library.
function(shared_library)
    set(exported "-Dplain_unit=__attribute__((visibility(\"default\"))) plain_unit")
    compile(-O1 -fPIC -shared -fvisibility=hidden "${exported}" "${units}/plain.cpp" -o libunits.so)
    compile(-O1 -fPIE -pie "${units}/main.cpp" libunits.so "-Wl,-rpath,${work}" -o program)
    run("${work}/program")
endfunction()

# More warnings than those of the project, except the warnings about style and older standards. Comparisons of
# floating-point numbers with 0 are intended. Casts to off_t and similar types are redundant only on some systems.
function(more_warnings)
    file(WRITE "${work}/all.cpp" "#include <kuramoto/kuramoto.hpp>\n#include <kuramoto/npy.hpp>
#include <kuramoto/ensemble.hpp>\n#include <kuramoto/npy_series.hpp>\n#include <kuramoto/checkpoint.hpp>\n#include <kuramoto/openmp.hpp>\n#include \"${program}\"\n")
    if(is_clang)
        set(more -Weverything -Wno-unknown-warning-option -Wno-c++98-compat -Wno-c++98-compat-pedantic
                 -Wno-c++98-compat-local-type-template-args -Wno-pre-c++14-compat -Wno-pre-c++17-compat
                 -Wno-pre-c++17-compat-pedantic -Wno-pre-c++20-compat-pedantic -Wno-padded -Wno-float-equal
                 -Wno-switch-default -Wno-unsafe-buffer-usage)
    else()
        set(more -Walloca -Warith-conversion -Wcast-align -Wcast-qual -Wcomma-subscript -Wconditionally-supported
                 -Wctor-dtor-privacy -Wdate-time -Wdeprecated-copy-dtor -Wduplicated-branches -Wduplicated-cond
                 -Wextra-semi -Wformat=2 -Wimplicit-fallthrough=5 -Wlogical-op -Wmismatched-tags -Wmissing-declarations
                 -Wnon-virtual-dtor -Wnull-dereference -Wold-style-cast -Woverloaded-virtual -Wredundant-decls
                 -Wredundant-tags -Wstrict-null-sentinel -Wstrict-overflow=2 -Wsuggest-override -Wswitch-enum -Wundef
                 -Wunused-const-variable=2 -Wunused-macros -Wvla -Wzero-as-null-pointer-constant)
    endif()
    compile(-O2 ${more} -c all.cpp)
endfunction()

# Clang only: `import` of the header itself, and a module that exports some of its names.
function(header_unit)
    if(NOT is_clang OR version VERSION_LESS 19)
        return()
    endif()
    file(READ "${program}" text)
    string(REPLACE "#include <kuramoto/kuramoto.hpp>" "import <kuramoto/kuramoto.hpp>;" text "${text}")
    file(WRITE "${work}/importing.cpp" "${text}")
    set(experimental -Wno-experimental-header-units)
    compile(-O1 ${experimental} -fmodule-header -x c++-header "${include}/kuramoto/kuramoto.hpp" -o header.pcm)
    compile(-O1 ${experimental} -fmodule-file=header.pcm importing.cpp -o program)
    run("${work}/program")
endfunction()
function(named_module)
    if(NOT is_clang OR version VERSION_LESS 19)
        return()
    endif()
    set(names "")
    foreach(name IN ITEMS advance Euler Field Fused Model SineLaplacian)
        string(APPEND names "using kuramoto::${name};\n")
    endforeach()
    file(WRITE "${work}/wrapper.cppm" "module;\n#include <kuramoto/kuramoto.hpp>\nexport module wrapper;
export namespace kuramoto {\n${names}}\n")
    file(READ "${program}" text)
    string(REPLACE "#include <kuramoto/kuramoto.hpp>" "import wrapper;" text "${text}")
    file(WRITE "${work}/importing.cpp" "${text}")
    compile(-O1 --precompile wrapper.cppm -o wrapper.pcm)
    compile(-O1 -fmodule-file=wrapper=wrapper.pcm importing.cpp wrapper.pcm -o program)
    run("${work}/program")
endfunction()

# nvcc with every compiler as its host compiler. Warnings are no errors: the host compiler sees the output of nvcc's
# front end, not the sources.
function(nvcc)
    find_bits()
    run("${nvcc}" -std=c++20 -O1 -ccbin "${compiler}" "-I${include}" "${tests}/consumer/cuda.cu" -o with_kernel)
    run("${work}/with_kernel")
    compare_bits()
endfunction()

# Clang compiles CUDA and HIP itself: the host code and the device code, without the headers of CUDA and HIP.
function(clang_cuda)
    if(NOT is_clang)
        return()
    endif()
    foreach(language IN ITEMS cuda hip)
        foreach(side IN ITEMS host device)
            set(flags -x ${language} --cuda-${side}-only -nogpuinc -nogpulib -fsyntax-only -Wno-unknown-cuda-version)
            supported("" ${flags})
            if(is_supported)
                compile(${flags} "${program}")
            else()
                message(STATUS "${compiler} has no -x ${language} --cuda-${side}-only here")
            endif()
        endforeach()
    endforeach()
endfunction()

foreach(compiler IN LISTS compilers)
    run("${compiler}" --version)
    set(is_clang FALSE)
    if(output MATCHES "clang version ([0-9]+)")
        set(is_clang TRUE)
        set(version "${CMAKE_MATCH_1}")
    endif()
    cmake_language(CALL ${way})
endforeach()
