//! From the target of a request to a file of dist/, and to nothing else.

use std::fs;
use std::path::{Component, Path, PathBuf};

use percent_encoding::percent_decode_str;

use super::http::{Request, Response};

/// The answer to a request for a file below `dir`.
pub(super) fn respond(dir: &Path, request: &Request) -> Response {
    let sends_body = match request.method.as_str() {
        "GET" => true,
        "HEAD" => false,
        _ => return Response::error(405, "only GET and HEAD"),
    };
    let body = find(dir, &request.target).and_then(|file| Some((fs::read(&file).ok()?, file)));
    match body {
        Some((body, file)) => Response {
            status: 200,
            mime: mime(&file),
            body,
            sends_body,
        },
        None => Response {
            sends_body,
            ..Response::error(404, "no such file in dist/")
        },
    }
}

/// The file that a target names, if it is one below `dir`.
fn find(dir: &Path, target: &str) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next()?.strip_prefix('/')?;
    let path = percent_decode_str(path).decode_utf8().ok()?;
    let path = Path::new(path.as_ref());
    if !path
        .components()
        .all(|part| matches!(part, Component::Normal(_)))
    {
        return None;
    }
    let mut file = dir.join(path);
    if file.is_dir() {
        file.push("index.html");
    }
    // A symbolic link may lead outside.
    let file = file.canonicalize().ok()?;
    file.starts_with(dir.canonicalize().ok()?).then_some(file)
}

fn mime(file: &Path) -> &'static str {
    let extension = file.extension().and_then(|extension| extension.to_str());
    match extension.unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        "ts" | "txt" | "md" => "text/plain; charset=utf-8",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory with `dist/` and a secret beside it.
    struct Site(PathBuf);

    impl Site {
        fn new(name: &str) -> Self {
            let dir = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
            fs::create_dir_all(dir.join("dist/assets")).unwrap();
            fs::write(dir.join("dist/index.html"), "page").unwrap();
            fs::write(dir.join("dist/a b.wasm"), "wasm").unwrap();
            fs::write(dir.join("secret"), "secret").unwrap();
            std::os::unix::fs::symlink(dir.join("secret"), dir.join("dist/link")).unwrap();
            Self(dir)
        }

        fn get(&self, target: &str) -> Response {
            let request = Request {
                method: "GET".to_owned(),
                target: target.to_owned(),
            };
            respond(&self.0.join("dist"), &request)
        }
    }

    impl Drop for Site {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn files_are_served_with_their_type() {
        let site = Site::new("types");
        let page = site.get("/?debug");
        assert_eq!(
            (page.status, page.body.as_slice()),
            (200, b"page".as_slice())
        );
        assert_eq!(page.mime, "text/html; charset=utf-8");
        let wasm = site.get("/a%20b.wasm");
        assert_eq!((wasm.status, wasm.mime), (200, "application/wasm"));
    }

    #[test]
    fn nothing_outside_is_served() {
        let site = Site::new("outside");
        let targets = [
            "/../secret",
            "/%2e%2e/secret",
            "/assets/..%2f..%2fsecret",
            "//etc/passwd",
            "/link",
            "/missing",
            "/assets",
            "secret",
        ];
        for target in targets {
            assert_eq!(site.get(target).status, 404, "{target}");
        }
    }

    #[test]
    fn other_methods_are_refused() {
        let site = Site::new("methods");
        let request = Request {
            method: "POST".to_owned(),
            target: "/".to_owned(),
        };
        assert_eq!(respond(&site.0.join("dist"), &request).status, 405);
    }
}
