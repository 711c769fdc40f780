// A library that has started threads can be unloaded: it ends them.
#include <gtest/gtest.h>

#include <filesystem>
#include <iterator>
#include <string>

#include <dlfcn.h>

namespace {

std::ptrdiff_t threads_of_this_process() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
}

TEST(Unload, EndsTheThreadsOfALibrary) {
    if (!std::filesystem::exists("/proc/self/task")) GTEST_SKIP();
    const std::string path = KURAMOTO_UNLOADED_LIBRARY;
    const std::ptrdiff_t before = threads_of_this_process();
    double first = 0;
    for (int repeat = 0; repeat < 100; ++repeat) {
        void* const library = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
        ASSERT_NE(library, nullptr) << dlerror();
        const auto function = reinterpret_cast<double (*)(int)>(dlsym(library, "order_parameter_on"));
        ASSERT_NE(function, nullptr);
        const double one = function(1);
        ASSERT_EQ(threads_of_this_process(), before);
        ASSERT_EQ(function(3), one);
        ASSERT_EQ(threads_of_this_process(), before + 2);
        if (repeat == 0) first = one;
        ASSERT_EQ(one, first);
        ASSERT_EQ(dlclose(library), 0);
        ASSERT_EQ(dlopen(path.c_str(), RTLD_LAZY | RTLD_NOLOAD), nullptr) << "is still loaded";
        ASSERT_EQ(threads_of_this_process(), before);
    }
}

} // namespace
