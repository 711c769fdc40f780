// EXPECT_ERROR(type, parts, statement): the statement throws exactly this type, with a message that has all the parts.
#pragma once

#include <gtest/gtest.h>

#include <exception>
#include <initializer_list>
#include <string>
#include <typeinfo>

namespace test {

template <class Error, class Statement>
::testing::AssertionResult throws(std::initializer_list<std::string> parts, const Statement& statement) {
    try {
        statement();
    } catch (const std::exception& error) {
        if (typeid(error) != typeid(Error))
            return ::testing::AssertionFailure() << "threw " << typeid(error).name() << ": " << error.what();
        const std::string message = error.what();
        for (const std::string& part : parts)
            if (message.find(part) == std::string::npos)
                return ::testing::AssertionFailure() << "the message \"" << message << "\" lacks \"" << part << '"';
        return ::testing::AssertionSuccess();
    }
    return ::testing::AssertionFailure() << "threw nothing";
}

} // namespace test

#define TEST_PARTS(...) {__VA_ARGS__}
#define EXPECT_ERROR(type, parts, ...) EXPECT_TRUE(::test::throws<type>(parts, [&] { __VA_ARGS__; }))
