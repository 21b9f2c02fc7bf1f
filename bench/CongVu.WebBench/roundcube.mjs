import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

const password = "testpass";

/** Roundcube from Debian as one sets it up: Apache with PHP and its opcache, SQLite, IMAP of Dovecot on the same machine. */
export async function roundcube(folder, mail) {
  const home = join(folder, "peer");
  const [imap, web] = [await freePort(), await freePort()];
  for (const name of ["dovecot", "apache", "config", "temp", "logs"]) mkdirSync(join(home, name), { recursive: true });
  cpSync(mail.inbox, join(home, "mail/an/Maildir"), { recursive: true });
  writeFileSync(join(home, "dovecot/users"), `an:{PLAIN}${password}\n`);
  writeFileSync(join(home, "dovecot/dovecot.conf"), dovecot(home, imap));
  writeFileSync(join(home, "apache/apache.conf"), apache(home, web));
  writeFileSync(join(home, "config/config.inc.php"), `<?php
$config['db_dsnw'] = 'sqlite:///${home}/roundcube.db?mode=0646';
$config['imap_host'] = '127.0.0.1:${imap}';
$config['smtp_host'] = '127.0.0.1:25';
$config['des_key'] = 'rcmail-bench-24-bytes-ab';
$config['plugins'] = [];
$config['skin'] = 'elastic';
$config['temp_dir'] = '${home}/temp';
$config['log_dir'] = '${home}/logs';
$config['mime_types'] = '/etc/mime.types';
$config['language'] = 'en_US';
`);
  writeFileSync(join(home, "config/defaults.inc.php"), readFileSync("/etc/roundcube/defaults.inc.php"));
  const sql = ["/usr/share/roundcube/SQL/sqlite.initial.sql", "/usr/share/dbconfig-common/data/roundcube/install/sqlite3"].find((file) => read(file) !== null);
  execFileSync("php", ["-r", `$db = new SQLite3('${home}/roundcube.db'); $db->exec(file_get_contents('${sql}'));`]);
  execFileSync("chown", ["-R", "www-data:www-data", home]);
  execFileSync("chmod", ["a+rx", folder]);
  const servers = [
    spawn("dovecot", ["-F", "-c", join(home, "dovecot/dovecot.conf")], { stdio: "inherit" }),
    spawn("apache2", ["-DFOREGROUND", "-f", join(home, "apache/apache.conf")], { stdio: "inherit" }),
  ];
  await until(web);
  await until(imap);
  const rows = (page) => page.locator("#messagelist tr.message");
  let shown = "";
  return {
    name: "Roundcube",
    version: /define\('RCMAIL_VERSION', '([^']+)'/.exec(readFileSync("/usr/share/roundcube/program/include/iniset.php", "utf8"))?.[1] ?? "",
    url: `http://localhost:${web}`,
    start: "/?_task=mail&_mbox=INBOX",
    stop: async () => {
      for (const server of servers) {
        const ended = new Promise((resolve) => server.once("exit", resolve));
        server.kill("SIGTERM");
        await ended;
      }
    },
    signIn: async (page) => {
      await page.goto("/");
      await page.locator("#rcmloginuser").fill("an");
      await page.locator("#rcmloginpwd").fill(password);
      await page.locator("#rcmloginsubmit").click();
      await rows(page).first().waitFor();
    },
    listShown: (page) => rows(page).filter({ hasText: "HS" }).nth(7).waitFor(),
    openMessage: async (page, n) => {
      shown = (await rows(page).nth(n).locator(".subject a").innerText()).slice(0, 8);
      await rows(page).nth(n).locator(".subject a").click();
    },
    messageShown: async (page) => {
      const frame = page.frameLocator("#messagecontframe");
      await frame.locator("#message-header .subject").filter({ hasText: shown }).waitFor();
      await frame.locator("#messagebody").waitFor();
    },
    openFolder: (page) => page.locator("#mailboxlist a[rel=Archive]").click(),
    folderShown: (page) => rows(page).filter({ hasText: "LT" }).nth(7).waitFor(),
    openInbox: (page) => page.locator("#mailboxlist a[rel=INBOX]").click(),
    search: async (page, text) => {
      await page.locator("#mailsearchform").fill(text);
      await page.locator("#mailsearchform").press("Enter");
    },
    found: async (page, text) => {
      await rows(page).filter({ hasText: text }).first().waitFor();
      await rows(page).nth(1).waitFor({ state: "detached" });
    },
  };
}

const dovecot = (home, port) => `
base_dir = ${home}/dovecot/run
state_dir = ${home}/dovecot/state
protocols = imap
listen = 127.0.0.1
log_path = ${home}/logs/dovecot.log
ssl = no
disable_plaintext_auth = no
mail_location = maildir:~/Maildir
default_internal_user = www-data
default_login_user = nobody
first_valid_uid = 1
mail_max_userip_connections = 100
namespace inbox {
  inbox = yes
  separator = .
  mailbox Archive {
    auto = subscribe
    special_use = \\Archive
  }
}
passdb {
  driver = passwd-file
  args = ${home}/dovecot/users
}
userdb {
  driver = static
  args = uid=www-data gid=www-data home=${home}/mail/%n
}
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
`;

const apache = (home, port) => `
ServerRoot ${home}/apache
ServerName localhost
Listen 127.0.0.1:${port}
PidFile ${home}/apache/pid
ErrorLog ${home}/logs/apache.log
User www-data
Group www-data
${["mpm_prefork", "authz_core", "mime", "dir", "env", "deflate", "filter", "expires", "headers", "php"].map((name) => (name === "php" ? "LoadModule php_module /usr/lib/apache2/modules/libphp8.2.so" : `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`)).join("\n")}
StartServers 4
MinSpareServers 4
TypesConfig /etc/mime.types
KeepAlive On
DocumentRoot /usr/share/roundcube
DirectoryIndex index.php
SetEnv ROUNDCUBE_CONFIG_DIR ${home}/config
PassEnv PATH
AddOutputFilterByType DEFLATE text/html text/css text/javascript application/javascript application/json text/plain
ExpiresActive On
ExpiresByType text/css "access plus 1 month"
ExpiresByType text/javascript "access plus 1 month"
<Directory /usr/share/roundcube>
  Require all granted
  Options FollowSymLinks
  AllowOverride None
</Directory>
<FilesMatch "\\.php$">
  SetHandler application/x-httpd-php
</FilesMatch>
php_admin_value session.save_path ${home}/temp
php_admin_value opcache.enable 1
php_admin_value memory_limit 256M
`;

function read(file) {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function until(port) {
  const { connect } = await import("node:net");
  for (let n = 0; n < 200; n++) {
    const open = await new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.on("connect", () => (socket.destroy(), resolve(true)));
      socket.on("error", () => resolve(false));
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Nothing listens on ${port}.`);
}
