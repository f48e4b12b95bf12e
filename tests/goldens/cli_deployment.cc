#include "tests/goldens/cli_deployment.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <filesystem>

#include "crypto/keys.h"
#include "jose/jws.h"
#include "json/write.h"

namespace vouchsafe::goldens {
namespace {

namespace fs = std::filesystem;
using vouchsafe::testing::ReadFile;

constexpr int kTries = 5;

std::string AdminToken(const crypto::PrivateKey& key, const char* role) {
  json::Object header;
  header.Set("alg", "EdDSA");
  header.Set("typ", "JWT");
  json::Object claims;
  claims.Set("iss", "golden-issuer");
  claims.Set("sub", "x");
  claims.Set("aud", json::Array{json::Value("kbs")});
  claims.Set("role", role);
  claims.Set("exp", int64_t{4'102'444'800});
  const auto token = jose::SignJws(header, AsBytes(json::Write(claims)), key);
  EXPECT_TRUE(token);
  return token ? *token : "";
}

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

// "BEGIN RSA PRIVATE KEY" and "BEGIN EC PRIVATE KEY".
std::string TraditionalPem(EVP_PKEY* key) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()),
                                                      BIO_free);
  EXPECT_EQ(PEM_write_bio_PrivateKey_traditional(bio.get(), key, nullptr,
                                                 nullptr, 0, nullptr, nullptr),
            1);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<size_t>(size)};
}

}  // namespace

CliDeployment::CliDeployment(const std::string& goldens) {
  fs::create_directories(folder() + "/keys");
  for (const std::string& key :
       vouchsafe::testing::FilesIn(goldens + "/kbs-http/keys")) {
    fs::copy(key, folder() + "/keys");
  }
  WriteAdminTokens();
  WriteTeeKeys();
  const std::string recorded = ReadFile(goldens + "/kbs-http/config/a.toml");
  for (int i = 0; i < kTries; ++i) {  // somebody may take the port first
    port_ = FreePort();
    std::string config = recorded;
    ReplaceAll(config, "127.0.0.1:8080", "127.0.0.1:" + std::to_string(port_));
    ReplaceAll(config, "[[plugins]]\nname = \"sample\"\nitem = \"value\"\n",
               "");
    ReplaceAll(config, "[[plugins]]\nname = \"provisioner\"\n", "");
    Write("kbs.toml", config);
    Program::Options options;
    options.args = {"kbs", "-c", "kbs.toml"};
    options.folder = folder();
    kbs_ = std::make_unique<Program>(options);
    if (kbs_->WaitFor(" listens ")) return;
  }
  ADD_FAILURE() << "kbs does not serve: " << kbs_->err();
}

CliDeployment::~CliDeployment() {
  kbs_->Terminate();
  EXPECT_EQ(kbs_->Finish(), 0) << kbs_->err();
}

void CliDeployment::WriteAdminTokens() const {
  const auto key =
      crypto::PrivateKey::FromPem(ReadFile(folder() + "/keys/admin.key"));
  ASSERT_TRUE(key);
  Write("admin-token", AdminToken(*key, "admin") + "\n");
  Write("tester-token", AdminToken(*key, "tester") + "\n");
}

void CliDeployment::WriteTeeKeys() const {
  using crypto::KeyType;
  for (const auto& [name, type] : {std::pair{"p256.pem", KeyType::kEcP256},
                                   {"p384.pem", KeyType::kEcP384},
                                   {"p521.pem", KeyType::kEcP521},
                                   {"rsa8.pem", KeyType::kRsa}}) {
    const auto key = crypto::PrivateKey::Generate(type);
    ASSERT_TRUE(key) << name;
    Write(name, ToText(key->Pkcs8Pem().view()));
  }
  const Key rsa(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t{2048}),
                EVP_PKEY_free);
  Write("rsa.pem", TraditionalPem(rsa.get()));
  const Key ec(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"),
               EVP_PKEY_free);
  Write("sec1.pem", TraditionalPem(ec.get()));
}

}  // namespace vouchsafe::goldens
