#pragma once

// Compares an answer of ours with the recorded one, fact by fact, into a
// Differences account. What may vary by decision: signatures, keys made for one
// answer, and what a JWE is encrypted with; everything else is a fact.

#include <string>

#include "http/types.h"
#include "tests/goldens/differences.h"
#include "tests/goldens/transcript.h"

namespace vouchsafe::goldens {

// Whose key signed the tokens: one that the configuration names, or one that
// each server made for itself.
enum class Signer { kConfigured, kOwn };
// Whether lists in answers have an order of their own.
enum class Lists { kOrdered, kUnordered };

struct CompareOptions {
  bool strict = false;      // strict_trustee_errors is on
  std::string tee_key_pem;  // opens encrypted answers
  Signer signer = Signer::kConfigured;
  Lists lists = Lists::kOrdered;
};

void CompareAnswers(const Exchange& recorded, const http::Response& ours,
                    const CompareOptions& options, Differences& differences);

// Every member of `recorded` must be in `ours`, with an equal value; `ours` may
// hold more. Parts are named `name` and the JSON pointer.
void CompareMembers(const std::string& name, const json::Value& recorded,
                    const json::Value& ours, Differences& differences);

// Header and payload of two tokens (JWTs).
void CompareTokens(const std::string& recorded, const std::string& ours,
                   Signer signer, Differences& differences);
// The claims of a token, unverified; null when it is none.
json::Value ClaimsOfToken(std::string_view token);

}  // namespace vouchsafe::goldens
