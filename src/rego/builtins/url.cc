#include "rego/builtins/url.h"

#include <algorithm>

#include "rego/builtins/go_text.h"

namespace vouchsafe::rego {
namespace {

enum class Mode { kPath, kHost, kZone, kUser, kQuery, kFragment };

bool Digit(char c) { return c >= '0' && c <= '9'; }
bool Alnum(char c) {
  return Digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

int Unhex(char c) {
  if (Digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool In(std::string_view set, char c) {
  return set.find(c) != std::string_view::npos;
}

// Must the byte be escaped in this part? RFC 3986 with Go's choices.
bool MustEscape(char c, Mode mode) {
  if (Alnum(c)) return false;
  if (mode == Mode::kHost || mode == Mode::kZone) {
    if (In("!$&'()*+,;=:[]<>\"", c)) return false;
  }
  if (In("-_.~", c)) return false;
  if (In("$&+,/:;=?@", c)) {
    switch (mode) {
      case Mode::kPath:
        return c == '?';
      case Mode::kUser:
        return In("@/?:", c);
      case Mode::kQuery:
        return true;
      case Mode::kFragment:
        return false;
      default:
        return true;
    }
  }
  return !(mode == Mode::kFragment && In("!()*", c));
}

bool EscapeFits(std::string_view three, Mode mode) {
  const auto value = static_cast<char>(Unhex(three[1]) << 4 | Unhex(three[2]));
  if (three == "%25") return true;
  // Hosts may hold escapes of bytes beyond ASCII alone.
  if (mode == Mode::kHost) return Unhex(three[1]) >= 8;
  if (mode == Mode::kZone) {
    return value == ' ' || !MustEscape(value, Mode::kHost);
  }
  return true;
}

std::optional<std::string> Unescape(std::string_view text, Mode mode,
                                    std::string* why) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      const std::string_view three = text.substr(i, 3);
      if (three.size() < 3 || Unhex(three[1]) < 0 || Unhex(three[2]) < 0 ||
          !EscapeFits(three, mode)) {
        *why = "invalid URL escape " + GoQuote(three);
        return std::nullopt;
      }
      out.push_back(static_cast<char>(Unhex(three[1]) << 4 | Unhex(three[2])));
      i += 2;
    } else if (c == '+' && mode == Mode::kQuery) {
      out.push_back(' ');
    } else {
      if ((mode == Mode::kHost || mode == Mode::kZone) &&
          static_cast<unsigned char>(c) < 0x80 && MustEscape(c, mode)) {
        *why =
            "invalid character " + GoQuote(text.substr(i, 1)) + " in host name";
        return std::nullopt;
      }
      out.push_back(c);
    }
  }
  return out;
}

std::string Escape(std::string_view text, Mode mode) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (c == ' ' && mode == Mode::kQuery) {
      out.push_back('+');
    } else if (MustEscape(c, mode)) {
      const auto code = static_cast<unsigned char>(c);
      out.push_back('%');
      out.push_back(kHex[code >> 4]);
      out.push_back(kHex[code & 15]);
    } else {
      out.push_back(c);
    }
  }
  return out;
}

bool PortFits(std::string_view colon_port) {
  if (colon_port.empty()) return true;
  return colon_port[0] == ':' &&
         std::all_of(colon_port.begin() + 1, colon_port.end(), Digit);
}

bool BadPort(std::string_view colon_port, std::string* why) {
  if (PortFits(colon_port)) return false;
  *why = "invalid port " + GoQuote(colon_port) + " after host";
  return true;
}

std::optional<std::string> ReadHost(std::string_view host, std::string* why) {
  if (host.starts_with("[")) {
    const size_t close = host.rfind(']');
    if (close == std::string_view::npos) {
      *why = "missing ']' in host";
      return std::nullopt;
    }
    if (BadPort(host.substr(close + 1), why)) return std::nullopt;
    const size_t zone = host.substr(0, close).find("%25");
    if (zone != std::string_view::npos) {
      const auto before = Unescape(host.substr(0, zone), Mode::kHost, why);
      if (!before) return std::nullopt;
      const auto inside =
          Unescape(host.substr(zone, close - zone), Mode::kZone, why);
      if (!inside) return std::nullopt;
      const auto after = Unescape(host.substr(close), Mode::kHost, why);
      if (!after) return std::nullopt;
      return *before + *inside + *after;
    }
  } else {
    const size_t colon = host.rfind(':');
    if (colon != std::string_view::npos && BadPort(host.substr(colon), why)) {
      return std::nullopt;
    }
  }
  return Unescape(host, Mode::kHost, why);
}

bool ReadAuthority(std::string_view authority, Url& url, std::string* why) {
  const size_t at = authority.rfind('@');
  const bool user = at != std::string_view::npos;
  const auto host = ReadHost(user ? authority.substr(at + 1) : authority, why);
  if (!host) return false;
  url.host = *host;
  if (!user) return true;
  const std::string_view info = authority.substr(0, at);
  for (const char c : info) {
    if (!Alnum(c) && !In("-._:~!$&'()*+,;=%@", c)) {
      *why = "net/url: invalid userinfo";
      return false;
    }
  }
  const size_t colon = std::min(info.find(':'), info.size());
  return Unescape(info.substr(0, colon), Mode::kUser, why) &&
         (colon == info.size() ||
          Unescape(info.substr(colon + 1), Mode::kUser, why));
}

// What stands before ":" when it can be a scheme.
bool ReadScheme(std::string_view& rest, std::string& scheme, std::string* why) {
  for (size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    if (c == ':') {
      if (i == 0) {
        *why = "missing protocol scheme";
        return false;
      }
      scheme = std::string(rest.substr(0, i));
      rest.remove_prefix(i + 1);
      break;
    }
    const bool letter = Alnum(c) && !Digit(c);
    if (!letter && (i == 0 || (!Digit(c) && !In("+-.", c)))) break;
  }
  for (char& c : scheme) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return true;
}

bool ReadUrl(std::string_view rest, Url& url, std::string* why) {
  for (const char c : rest) {
    const auto code = static_cast<unsigned char>(c);
    if (code >= 0x20 && code != 0x7f) continue;
    *why = "net/url: invalid control character in URL";
    return false;
  }
  if (rest == "*") {
    url.path = "*";
    return true;
  }
  if (!ReadScheme(rest, url.scheme, why)) return false;
  const size_t query = rest.find('?');
  if (query != std::string_view::npos) {
    url.raw_query = std::string(rest.substr(query + 1));
    rest = rest.substr(0, query);
  }
  if (!rest.starts_with("/")) {
    if (!url.scheme.empty()) {
      url.opaque = std::string(rest);
      return true;
    }
    if (rest.substr(0, rest.find('/')).find(':') != std::string_view::npos) {
      *why = "first path segment in URL cannot contain colon";
      return false;
    }
  }
  if (rest.starts_with("//") &&
      (!url.scheme.empty() || !rest.starts_with("///"))) {
    rest.remove_prefix(2);
    const size_t slash = std::min(rest.find('/'), rest.size());
    if (!ReadAuthority(rest.substr(0, slash), url, why)) return false;
    rest.remove_prefix(slash);
  }
  const auto path = Unescape(rest, Mode::kPath, why);
  if (!path) return false;
  url.path = *path;
  if (Escape(url.path, Mode::kPath) != rest) url.raw_path = std::string(rest);
  return true;
}

}  // namespace

std::string Url::Hostname() const {
  std::string out = host;
  const size_t colon = out.rfind(':');
  if (colon != std::string::npos &&
      PortFits(std::string_view(out).substr(colon))) {
    out.resize(colon);
  }
  if (out.starts_with("[") && out.ends_with("]")) {
    out = out.substr(1, out.size() - 2);
  }
  return out;
}

std::string Url::Port() const {
  const size_t colon = host.rfind(':');
  if (colon == std::string::npos ||
      !PortFits(std::string_view(host).substr(colon))) {
    return "";
  }
  return host.substr(colon + 1);
}

std::optional<Url> ParseUrl(std::string_view text, std::string* why) {
  const size_t hash = text.find('#');
  const std::string_view before = text.substr(0, hash);
  Url url;
  if (!ReadUrl(before, url, why)) {
    *why = "parse " + GoQuote(before) + ": " + *why;
    return std::nullopt;
  }
  if (hash == std::string_view::npos) return url;
  const auto fragment = Unescape(text.substr(hash + 1), Mode::kFragment, why);
  if (!fragment) {
    *why = "parse " + GoQuote(text) + ": " + *why;
    return std::nullopt;
  }
  url.fragment = *fragment;
  return url;
}

std::string QueryEscape(std::string_view text) {
  return Escape(text, Mode::kQuery);
}

std::optional<std::string> QueryUnescape(std::string_view text,
                                         std::string* why) {
  return Unescape(text, Mode::kQuery, why);
}

}  // namespace vouchsafe::rego
