import { Button, Center, Loader, Stack, Text, useMantineColorScheme } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { request, RequestError, setProof, whenSignedOut } from "../api/http";
import type { Preferences, SessionInfo } from "../api/types";
import { beginKeeping, keptLogin, wipe } from "../features/offline/store";
import { forgetAll, kept } from "../features/composer/keep";
import { SignIn } from "../features/sign-in/SignIn";
import { openJmap, type JmapClient } from "../jmap/client";
import { Mail } from "../mail/mail";
import { setLanguage, t, useLanguage } from "../texts";
import { AppProvider, type AppContext } from "./context";
import { Shell } from "./Shell";

const OfflinePage = lazy(() => import("../features/offline/OfflinePage"));
const ForcedPassword = lazy(() => import("../features/account/ForcedPassword"));

type State = { step: "asking" } | { step: "unreachable" } | { step: "signedOut"; reason: string | null } | { step: "signedIn"; session: SessionInfo };

// Asked for together with who is signed in, so that one answer does not wait for another; of no use where nobody is.
let early: { client: Promise<JmapClient>; preferences: Promise<Preferences> } | null = null;

function askEarly(): void {
  early = { client: openJmap(), preferences: request<Preferences>("GET", "/api/preferences") };
  for (const asked of Object.values(early)) asked.catch(() => undefined);
}

/** Who is signed in, if anybody, and what is shown for that. */
export function App() {
  const [state, setState] = useState<State>({ step: "asking" });
  const queries = useQueryClient();
  useLanguage();

  const ask = useCallback(async (isFirst = false) => {
    try {
      if (isFirst) askEarly();
      const session = await request<SessionInfo>("GET", "/api/session");
      // Whoever must change the password first was refused all else; it is asked anew afterwards.
      if (session.mustChangePassword) early = null;
      setProof(session.csrfToken, session.login);
      setState({ step: "signedIn", session });
    } catch (error) {
      // What was asked early was refused, too; who signs in asks anew.
      early = null;
      const isOut = error instanceof RequestError && error.status === 401;
      if (isOut) void wipe();
      setState(isOut ? { step: "signedOut", reason: null } : { step: "unreachable" });
    }
  }, []);

  useEffect(() => {
    whenSignedOut((code) => {
      if (code === "passwordChangeRequired") return void ask();
      // The session was ended, perhaps from afar: what could be read without one goes too.
      void wipe();
      setState((now) => (now.step === "signedIn" ? { step: "signedOut", reason: "expired" } : now));
    });
    void ask(true);
  }, [ask]);

  const login = state.step === "signedIn" ? state.session.login : null;
  const signOut = useCallback(async () => {
    // What is being written and could not be saved would be gone.
    if (login && (await kept(login)).length > 0 && !window.confirm(t("signOutUnsaved"))) return;
    await request("DELETE", "/api/session").catch(() => undefined);
    await Promise.all([wipe(), forgetAll()]);
    queries.clear();
    setProof("", "");
    history.replaceState(null, "", "/");
    setState({ step: "signedOut", reason: null });
  }, [queries, login]);
  const retry = useCallback(() => void ask(), [ask]);

  if (state.step === "asking") return <Waiting />;
  if (state.step === "unreachable" && keptLogin())
    return (
      <Suspense fallback={<Waiting />}>
        <OfflinePage onRetry={retry} />
      </Suspense>
    );
  if (state.step === "unreachable")
    return (
      <Center mih="100vh">
        <Stack align="center">
          <Text>{t("errorOffline")}</Text>
          <Button onClick={() => void ask()}>{t("tryAgain")}</Button>
        </Stack>
      </Center>
    );
  if (state.step === "signedOut")
    return (
      <SignIn
        reason={state.reason}
        onSignedIn={(session) => {
          setProof(session.csrfToken, session.login);
          setState({ step: "signedIn", session });
        }}
      />
    );
  if (state.session.mustChangePassword)
    return (
      <Suspense fallback={<Waiting />}>
        <ForcedPassword session={state.session} onChanged={() => void ask()} onSignOut={() => void signOut()} />
      </Suspense>
    );
  return <SignedIn key={state.session.login} session={state.session} signOut={signOut} />;
}

function Waiting() {
  return (
    <Center mih="100vh">
      <Loader aria-label={t("loading")} />
    </Center>
  );
}

function SignedIn({ session, signOut }: { session: SessionInfo; signOut: () => Promise<void> }) {
  const queries = useQueryClient();
  const { setColorScheme } = useMantineColorScheme();
  const [client, setClient] = useState<JmapClient | null>(null);
  const [preferences, setAll] = useState<Preferences | null>(null);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    // A12.3: a computer that others use keeps nothing, not even what somebody else has left there.
    void (session.publicComputer ? Promise.all([wipe(), forgetAll()]) : beginKeeping(session.login));
  }, [session.publicComputer, session.login]);
  useEffect(() => {
    const asked = early ?? { client: openJmap(), preferences: request<Preferences>("GET", "/api/preferences") };
    early = null;
    // Without them nothing is shown: what is set later would be written over what could not be read.
    Promise.all([asked.client, asked.preferences]).then(
      ([opened, all]) => {
        setClient(opened);
        setAll(all);
      },
      () => setFailed(true),
    );
  }, []);

  useEffect(() => {
    if (!preferences) return;
    void setLanguage(preferences.language ?? "vi");
    setColorScheme(preferences.colorScheme ?? "auto");
    document.documentElement.dataset["textSize"] = preferences.textSize ?? "normal";
  }, [preferences, setColorScheme]);

  // Each change leaves at once, the next when the last has arrived: whoever opens another page right after finds it there.
  const sending = useRef<Promise<unknown>>(Promise.resolve());
  const setPreferences = useCallback((change: Partial<Preferences>) => {
    setAll((before) => ({ ...before, ...change }));
    sending.current = sending.current.then(() => request("PATCH", "/api/preferences", change).catch(() => undefined));
  }, []);

  const mail = useMemo(() => (client ? new Mail(client, queries) : null), [client, queries]);
  const value = useMemo<AppContext | null>(
    () => (client && mail && preferences ? { session, client, mail, preferences, setPreferences, signOut } : null),
    [session, client, mail, preferences, setPreferences, signOut],
  );
  if (failed)
    return (
      <Center mih="100vh">
        <Button onClick={() => location.reload()}>{t("tryAgain")}</Button>
      </Center>
    );
  if (!value) return <Waiting />;
  return (
    <AppProvider value={value}>
      <Shell />
    </AppProvider>
  );
}
