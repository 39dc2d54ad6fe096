import Crypto

/// A page on which people try the server: texts in, their similarities out. It asks this server and
/// nobody else, and keeps a key only as long as it is open.
enum WelcomePage {
  static let response = Response(
    type: "text/html; charset=utf-8", body: Array(html.utf8),
    headers: [
      (name: "content-security-policy", value: policy),
      (name: "referrer-policy", value: "no-referrer"),
      (name: "x-content-type-options", value: "nosniff"),
    ])

  /// Nothing runs or is fetched but what is here.
  private static let policy =
    "default-src 'none'; connect-src 'self'; script-src '\(hash(script))'; "
    + "style-src '\(hash(style))'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

  private static func hash(_ text: String) -> String {
    var base64: [UInt8] = []
    let digest = Array(SHA256.hash(data: Array(text.utf8)))
    digest.withUnsafeBytes { base64.appendBase64($0) }
    return "sha256-" + String(decoding: base64, as: UTF8.self)
  }

  private static let html = """
    <!doctype html>
    <html lang="en">
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>embed</title>
    <style>\(style)</style>
    <main>
    <h1>embed</h1>
    <p>One text a line. Each becomes a vector; the table has their cosines.</p>
    <label for="texts">Texts</label>
    <textarea id="texts" rows="6" spellcheck="false">A cat is sleeping on the sofa.
    A kitten naps on the couch.
    How do I boil an egg?</textarea>
    <p id="locked" hidden><label for="key">Key</label>
    <input id="key" type="password" autocomplete="off"></p>
    <p><button id="go">Compare</button> <span id="said" role="status"></span></p>
    <table id="table"></table>
    <footer>For programs: <code>POST /v1/embeddings</code>, <code>/embed</code>,
    <code>/api/embed</code>; all of it in <a href="openapi.json">openapi.json</a>.</footer>
    </main>
    <script>\(script)</script>
    </html>

    """

  private static let style = """
    :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
    body { margin: 0; }
    main { max-width: 46rem; margin: 3rem auto; padding: 0 1.25rem; }
    h1 { font-weight: 600; letter-spacing: -.02em; margin: 0; }
    label { display: block; font-size: .85rem; opacity: .7; }
    textarea, input { width: 100%; box-sizing: border-box; font: inherit; padding: .6rem;
      border: 1px solid #8886; border-radius: .5rem; background: transparent; color: inherit; }
    button { font: inherit; padding: .45rem 1.1rem; border: 0; border-radius: .5rem;
      background: #2563eb; color: #fff; cursor: pointer; }
    button:disabled { opacity: .5; }
    #said { margin-left: .6rem; font-size: .9rem; opacity: .8; }
    table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
    th { text-align: left; font-weight: 400; padding: .35rem .8rem .35rem 0; max-width: 22rem;
      overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    td { text-align: right; padding: .35rem .6rem; border-radius: .3rem; }
    footer { margin-top: 3rem; font-size: .85rem; opacity: .7; }
    """

  private static let script = #"""
    const part = id => document.getElementById(id);

    async function vectors(texts) {
      const headers = {"content-type": "application/json"};
      // Headers take bytes: those of the key in UTF-8.
      const key = String.fromCharCode(...new TextEncoder().encode(part("key").value));
      if (key) headers.authorization = "Bearer " + key;
      const answer = await fetch("v1/embeddings", {
        method: "POST", headers, body: JSON.stringify({input: texts}),
      });
      const value = await answer.json();
      if (answer.ok) return value;
      if (answer.status == 401) { part("locked").hidden = false; part("key").focus(); }
      throw new Error(value.error?.message ?? "status " + answer.status);
    }

    function cosine(a, b) {
      let [dot, left, right] = [0, 0, 0];
      a.forEach((x, i) => { dot += x * b[i]; left += x * x; right += b[i] * b[i]; });
      return dot / (Math.sqrt(left * right) || 1);
    }

    function show(texts, rows) {
      part("table").replaceChildren(...texts.map((text, i) => {
        const line = document.createElement("tr");
        const name = document.createElement("th");
        name.textContent = name.title = text;
        line.append(name, ...rows.map(row => {
          const cell = document.createElement("td");
          const score = cosine(rows[i], row);
          cell.textContent = score.toFixed(3);
          cell.style.background = `rgb(37 99 235 / ${Math.max(0, score) * .55})`;
          return cell;
        }));
        return line;
      }));
    }

    async function compare() {
      const texts = part("texts").value.split("\n").filter(text => text.trim()).slice(0, 16);
      if (texts.length < 2) { part("said").textContent = "Two lines at least."; return; }
      part("go").disabled = true;
      part("said").textContent = "";
      try {
        const start = performance.now();
        const value = await vectors(texts);
        const time = (performance.now() - start).toFixed(0);
        show(texts, value.data.map(one => one.embedding));
        part("said").textContent =
          `${value.model}, ${value.usage.total_tokens} tokens, ${time} ms`;
      } catch (error) {
        part("said").textContent = error.message;
      }
      part("go").disabled = false;
    }

    part("go").addEventListener("click", compare);
    part("key").addEventListener("keydown", event => { if (event.key == "Enter") compare(); });
    """#
}
