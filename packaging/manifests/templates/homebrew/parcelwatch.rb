class Parcelwatch < Formula
  desc "Finds AliExpress parcels in your email and follows them through the posts"
  homepage "{{.Of "PROJECT_URL"}}"
  version "{{.Version}}"
  license "MIT"

  on_macos do
    depends_on arch: :arm64
    url "{{.URL "darwin-arm64.tar.gz"}}"
    sha256 "{{.Sum "darwin-arm64.tar.gz"}}"
  end

  on_linux do
    on_intel do
      url "{{.URL "linux-amd64.tar.gz"}}"
      sha256 "{{.Sum "linux-amd64.tar.gz"}}"
    end
    on_arm do
      url "{{.URL "linux-arm64.tar.gz"}}"
      sha256 "{{.Sum "linux-arm64.tar.gz"}}"
    end
  end

  def install
    bin.install "parcelwatch"
    pkgshare.install "example.toml"
    doc.install Dir["docs/*"], "README.md", "README.ru.md", "THIRD-PARTY.txt"
  end

  service do
    run [opt_bin/"parcelwatch", "run"]
    keep_alive crashed: true
    log_path var/"log/parcelwatch.log"
    error_log_path var/"log/parcelwatch.log"
  end

  def caveats
    <<~EOS
      Set it up first, then start it:
        parcelwatch setup
        brew services start parcelwatch
    EOS
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/parcelwatch version")
  end
end
