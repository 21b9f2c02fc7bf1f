import { ActionIcon, Avatar, Drawer, Group, Menu, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { IconKeyboard, IconLogout, IconMenu2, IconMessageReport, IconMoon, IconSettings, IconSun, IconTool } from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { ComposerHost, useComposer } from "../features/composer/host";
import { offerLeftBehind } from "../features/composer/leftBehind";
import { FolderPane } from "../features/folders/FolderPane";
import { MailPage } from "../features/mail-list/MailPage";
import { SearchBox } from "../features/search/SearchBox";
import { useMailboxes } from "../mail/hooks";
import { t } from "../texts";
import { announceArrivals } from "./arrivals";
import { Notices } from "./Notices";
import { initials } from "./people";
import { useApp } from "./context";
import { mailPath, navigate, parseRoute, searchPath, usePath } from "./router";
import { ShortcutHelp } from "./ShortcutHelp";
import { useShortcuts } from "./shortcuts";

const Settings = lazy(() => import("../features/account/Settings"));
const ScheduledPage = lazy(() => import("../features/scheduled/ScheduledPage"));
const ReportDialog = lazy(() => import("../features/report/ReportDialog"));
const Administration = lazy(() => import("../features/admin/Administration"));

/** The frame of every page: what is at the top, the folders, and the page. */
export function Shell() {
  const { mail, client, preferences, session } = useApp();
  const route = parseRoute(usePath());
  const isPhone = useMediaQuery("(max-width: 899px)") ?? false;
  const [foldersOpen, folders] = useDisclosure(false);
  const [helpOpen, help] = useDisclosure(false);
  const [online, setOnline] = useState(true);
  const accountId = "accountId" in route ? route.accountId : client.primaryAccount;
  const knownAccount = client.session.accounts[accountId] ? accountId : client.primaryAccount;
  const mailboxes = useMailboxes(knownAccount);
  const openComposer = useComposer();

  useEffect(() => mail.listen(setOnline), [mail]);
  useEffect(() => {
    // The browser knows of a lost network before a connection that nothing comes through does.
    const lost = () => setOnline(false);
    window.addEventListener("offline", lost);
    return () => window.removeEventListener("offline", lost);
  }, []);
  useEffect(() => void offerLeftBehind(session.login, client), [session.login, client]);
  useEffect(() => mail.whenMailArrives((account, rows) => announceArrivals(account, rows, preferences.notifications ?? false)), [mail, preferences.notifications]);
  useEffect(() => {
    const inbox = mailboxes.find((m) => m.role === "inbox");
    if (route.page === "home" && inbox) navigate(mailPath(knownAccount, inbox.id), true);
  }, [route.page, mailboxes, knownAccount]);

  const goTo = (role: string) => {
    const found = mailboxes.find((m) => m.role === role);
    if (found) navigate(mailPath(knownAccount, found.id));
  };
  useShortcuts({
    c: () => openComposer({ kind: "new", accountId: knownAccount }),
    "?": help.toggle,
    "g i": () => goTo("inbox"),
    "g d": () => goTo("drafts"),
    "g t": () => goTo("sent"),
    "g a": () => goTo("archive"),
    "g s": () => navigate(searchPath(knownAccount, "is:starred")),
    "g c": () => openComposer({ kind: "new", accountId: knownAccount }),
    "/": () => document.querySelector<HTMLInputElement>("#search")?.focus(),
  });

  const pane = <FolderPane accountId={knownAccount} mailboxId={route.page === "mail" ? route.mailboxId : null} onGo={folders.close} />;
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t("skipToContent")}
      </a>
      <header className="topbar">
        <Group gap="xs" wrap="nowrap" className="topbar-brand">
          {isPhone && (
            <ActionIcon variant="subtle" size="lg" color="gray" aria-label={t("folders")} onClick={folders.open}>
              <IconMenu2 size={22} />
            </ActionIcon>
          )}
          {!isPhone && (
            <UnstyledButton onClick={() => navigate("/")} className="brand-button">
              <img src="/icon.svg" alt="" width={30} height={30} />
              <Text fw={700} className="brand">
                {t("appName")}
              </Text>
            </UnstyledButton>
          )}
        </Group>
        <SearchBox key={route.page === "search" ? route.query : ""} accountId={knownAccount} initial={route.page === "search" ? route.query : ""} />
        <Group gap={4} wrap="nowrap" justify="flex-end">
          {!isPhone && (
            <Tooltip label={t("shortcuts")}>
              <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("shortcuts")} onClick={help.open}>
                <IconKeyboard size={20} />
              </ActionIcon>
            </Tooltip>
          )}
          <UserMenu />
        </Group>
      </header>
      <Notices online={online} />
      <div className="shell-body">
        {isPhone ? (
          <Drawer opened={foldersOpen} onClose={folders.close} size={300} title={t("appName")} padding="xs" closeButtonProps={{ "aria-label": t("close") }}>
            {pane}
          </Drawer>
        ) : (
          <nav className="side" aria-label={t("folders")}>
            {pane}
          </nav>
        )}
        <main id="main" className="main" tabIndex={-1}>
          <Suspense fallback={null}>
            {(route.page === "mail" || route.page === "search") && <MailPage route={route} isPhone={isPhone} />}
            {route.page === "scheduled" && <ScheduledPage accountId={knownAccount} />}
            {route.page === "settings" && <Settings section={route.section} />}
            {route.page === "admin" && <Administration section={route.section} />}
          </Suspense>
        </main>
      </div>
      <ComposerHost isPhone={isPhone} />
      <ShortcutHelp opened={helpOpen} onClose={help.close} />
    </div>
  );
}

function UserMenu() {
  const { session, signOut, preferences, setPreferences } = useApp();
  const [reporting, setReporting] = useState(false);
  const isDark = document.documentElement.dataset["mantineColorScheme"] === "dark";
  return (
    <>
    <Menu position="bottom-end" width={280} shadow="md">
      <Menu.Target>
        <UnstyledButton className="avatar-button">
          <span className="sr-only">{t("accountMenu", { name: session.displayName })}</span>
          <Avatar radius="xl" size={34} color="congvu" variant="filled" alt="">
            <span aria-hidden>{initials(session.displayName)}</span>
          </Avatar>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className="menu-head">
          <Text fw={600} size="sm">
            {session.displayName}
          </Text>
          <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {session.login}
          </Text>
        </div>
        <Menu.Divider />
        <Menu.Item leftSection={<IconSettings size={16} />} onClick={() => navigate("/settings/general")}>
          {t("settings")}
        </Menu.Item>
        <Menu.Item leftSection={isDark ? <IconSun size={16} /> : <IconMoon size={16} />} onClick={() => setPreferences({ colorScheme: isDark ? "light" : "dark" })}>
          {isDark ? t("lightMode") : t("darkMode")}
        </Menu.Item>
        <Menu.Item onClick={() => setPreferences({ language: (preferences.language ?? "vi") === "vi" ? "en" : "vi" })} leftSection={<span className="menu-letter">A</span>}>
          {t("otherLanguage")}
        </Menu.Item>
        {session.isAdministrator && (
          <Menu.Item leftSection={<IconTool size={16} />} onClick={() => navigate("/admin/accounts")}>
            {t("administration")}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconMessageReport size={16} />} onClick={() => setReporting(true)}>
          {t("reportProblem")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
          {t("signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
    {reporting && (
      <Suspense fallback={null}>
        <ReportDialog onClose={() => setReporting(false)} />
      </Suspense>
    )}
    </>
  );
}
