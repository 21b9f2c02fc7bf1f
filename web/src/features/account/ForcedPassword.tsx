import { Alert, Button, Paper, Title } from "@mantine/core";
import type { SessionInfo } from "../../api/types";
import { t } from "../../texts";
import { PasswordForm } from "./PasswordForm";

/** A6.3: the first login changes the password; until then nothing else is possible. */
export default function ForcedPassword({ session, onChanged, onSignOut }: { session: SessionInfo; onChanged: () => void; onSignOut: () => void }) {
  const isExpired = !!session.passwordExpiresAt && Date.parse(session.passwordExpiresAt) < Date.now();
  return (
    <div className="sign-in">
      <main className="sign-in-main">
        <Paper withBorder shadow="sm" radius="lg" p="xl">
          <Title order={1} size="h3" mb="sm">
            {t(isExpired ? "passwordExpired" : "mustChangePassword")}
          </Title>
          <Alert color="yellow" mb="md">
            {t(isExpired ? "passwordExpiredHint" : "mustChangePasswordHint", { name: session.displayName })}
          </Alert>
          <PasswordForm onChanged={onChanged} />
          <Button variant="subtle" mt="md" onClick={onSignOut}>
            {t("signOut")}
          </Button>
        </Paper>
      </main>
    </div>
  );
}
