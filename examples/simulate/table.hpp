// Observables against time as a table: comma-separated values, one line a frame.
#pragma once

#include "definer.hpp"
#include "output.hpp"

#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace simulate {

/// The columns step, time and one an observable; every number reads back as the same double.
class Table {
  public:
    explicit Table(const std::vector<std::string>& names) : text_("step,time") {
        for (const std::string& name : names) text_ += "," + name;
        text_ += "\n";
    }

    void add(std::int64_t step, double time, const std::vector<double>& values) {
        text_ += std::to_string(step);
        append(time);
        for (const double value : values) append(value);
        text_ += "\n";
    }

    void write(const std::string& name) const {
        NewFile file(name);
        file.write(text_.data(), text_.size());
        file.commit();
    }

  private:
    void append(double value) {
        char number[32];
        std::snprintf(number, sizeof number, ",%.17g", value);
        text_ += number;
    }

    std::string text_;
};

} // namespace simulate
