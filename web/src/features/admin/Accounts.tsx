import { ActionIcon, Alert, Badge, Button, Code, Group, Menu, Modal, NumberInput, Progress, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { IconDots, IconSearch, IconUserPlus } from "@tabler/icons-react";
import { useState, type FormEvent } from "react";
import { request, RequestError } from "../../api/http";
import type { AccountItem } from "../../api/types";
import { toast, toastError } from "../../app/toasts";
import { t } from "../../texts";
import { count, size } from "../../texts/format";

const page = 100;
const gigabyte = 1 << 30;

/** Every mailbox: found by name or address, added, suspended, given room, given a new password. */
export function Accounts() {
  const queries = useQueryClient();
  const [search, setSearch] = useState("");
  const [wanted] = useDebouncedValue(search, 250);
  const [skip, setSkip] = useState(0);
  const [adding, setAdding] = useState(false);
  const [resizing, setResizing] = useState<AccountItem | null>(null);
  const [secret, setSecret] = useState<{ address: string; password: string } | null>(null);
  const { data } = useQuery({
    queryKey: ["admin", "accounts", wanted, skip],
    placeholderData: keepPreviousData,
    queryFn: () => request<{ total: number; accounts: AccountItem[] }>("GET", `/api/admin/accounts?search=${encodeURIComponent(wanted)}&skip=${skip}`),
  });
  const refresh = () => queries.invalidateQueries({ queryKey: ["admin", "accounts"] });
  const change = async (account: AccountItem, patch: { state?: string; quotaBytes?: number }) => {
    try {
      await request("PATCH", `/api/admin/accounts/${account.id}`, patch);
      await refresh();
      toast(t("saved"));
    } catch (error) {
      toastError(error);
    }
  };
  const reset = async (account: AccountItem) => {
    if (!window.confirm(t("resetPasswordAsk", { address: account.address }))) return;
    try {
      const { password } = await request<{ password: string }>("POST", `/api/admin/accounts/${account.id}/password`, {});
      setSecret({ address: account.address, password });
    } catch (error) {
      toastError(error);
    }
  };
  return (
    <Stack>
      <Group justify="space-between">
        <TextInput aria-label={t("searchAccounts")} placeholder={t("searchAccounts")} leftSection={<IconSearch size={16} />} value={search} onChange={(e) => (setSearch(e.currentTarget.value), setSkip(0))} w={320} maw="100%" />
        <Button leftSection={<IconUserPlus size={17} />} onClick={() => setAdding(true)}>
          {t("addAccount")}
        </Button>
      </Group>
      {secret && (
        <Alert color="teal" title={t("newPasswordOf", { address: secret.address })} withCloseButton closeButtonLabel={t("close")} onClose={() => setSecret(null)}>
          <Code fz="lg">{secret.password}</Code>
          <Text size="sm" mt="xs">
            {t("newPasswordOnce")}
          </Text>
        </Alert>
      )}
      <Table.ScrollContainer minWidth={780}>
        <Table verticalSpacing="xs" highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("nameAndAddress")}</Table.Th>
              <Table.Th>{t("kind")}</Table.Th>
              <Table.Th>{t("state")}</Table.Th>
              <Table.Th>{t("quota")}</Table.Th>
              <Table.Th>{t("messages")}</Table.Th>
              <Table.Th w={50} aria-label={t("more")} />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {(data?.accounts ?? []).map((account) => (
              <Table.Tr key={account.id}>
                <Table.Td>
                  <Text size="sm" fw={600}>
                    {account.name}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {account.address}
                  </Text>
                </Table.Td>
                <Table.Td>{t(account.kind === "organization" ? "kindOrganization" : "kindPerson")}</Table.Td>
                <Table.Td>
                  <Badge variant="light" miw="max-content" color={account.state === "active" ? "teal" : "orange"}>
                    {t(account.state === "active" ? "stateActive" : account.state === "suspended" ? "stateSuspended" : "stateRemoved")}
                  </Badge>
                </Table.Td>
                <Table.Td>
                  <Progress value={Math.max(1, (account.usedBytes / account.quotaBytes) * 100)} size={5} w={110} color={account.usedBytes > account.quotaBytes * 0.8 ? "red" : "teal"} aria-label={t("quota")} />
                  <Text size="xs" c="dimmed">
                    {size(account.usedBytes)} / {size(account.quotaBytes)}
                  </Text>
                </Table.Td>
                <Table.Td>{count(account.messageCount)}</Table.Td>
                <Table.Td>
                  <Menu position="bottom-end" shadow="md">
                    <Menu.Target>
                      <ActionIcon variant="subtle" color="gray" aria-label={t("moreFor", { who: account.name })}>
                        <IconDots size={17} />
                      </ActionIcon>
                    </Menu.Target>
                    <Menu.Dropdown>
                      <Menu.Item onClick={() => setResizing(account)}>{t("changeQuota")}</Menu.Item>
                      {account.kind === "personal" && <Menu.Item onClick={() => void reset(account)}>{t("resetPassword")}</Menu.Item>}
                      {account.state === "active" ? (
                        <Menu.Item color="red" onClick={() => void change(account, { state: "suspended" })}>
                          {t("suspend")}
                        </Menu.Item>
                      ) : (
                        <Menu.Item onClick={() => void change(account, { state: "active" })}>{t("reopen")}</Menu.Item>
                      )}
                    </Menu.Dropdown>
                  </Menu>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {t("accountsN", { n: count(data?.total ?? 0) })}
        </Text>
        {(data?.total ?? 0) > page && (
          <Group>
            <Button variant="default" size="compact-sm" disabled={skip === 0} onClick={() => setSkip(Math.max(0, skip - page))}>
              {t("previousPage")}
            </Button>
            <Button variant="default" size="compact-sm" disabled={skip + page >= (data?.total ?? 0)} onClick={() => setSkip(skip + page)}>
              {t("nextPage")}
            </Button>
          </Group>
        )}
      </Group>
      {adding && <AddDialog onClose={() => setAdding(false)} onAdded={(made) => (setAdding(false), setSecret(made), void refresh())} />}
      {resizing && <QuotaDialog account={resizing} onClose={() => setResizing(null)} onSet={(quotaBytes) => (setResizing(null), void change(resizing, { quotaBytes }))} />}
    </Stack>
  );
}

function AddDialog({ onClose, onAdded }: { onClose: () => void; onAdded: (made: { address: string; password: string }) => void }) {
  const [name, setName] = useState("");
  const [address, setAddress] = useState("");
  const [error, setError] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    try {
      const made = await request<{ account: AccountItem; password: string }>("POST", "/api/admin/accounts", { name, address: address.trim() });
      onAdded({ address: made.account.address, password: made.password });
    } catch (failure) {
      if (failure instanceof RequestError && failure.status === 400) setError(t(failure.code === "alreadyExists" ? "addressTaken" : "addressWrong"));
      else toastError(failure);
    }
  };
  return (
    <Modal opened onClose={onClose} title={t("addAccount")} closeButtonProps={{ "aria-label": t("close") }}>
      <form onSubmit={(e) => void submit(e)}>
        <Stack>
          <TextInput label={t("fullName")} required withAsterisk={false} data-autofocus value={name} onChange={(e) => setName(e.currentTarget.value)} />
          <TextInput label={t("address")} required withAsterisk={false} value={address} onChange={(e) => setAddress(e.currentTarget.value)} error={error} />
          <Button type="submit">{t("addAccount")}</Button>
        </Stack>
      </form>
    </Modal>
  );
}

function QuotaDialog({ account, onClose, onSet }: { account: AccountItem; onClose: () => void; onSet: (bytes: number) => void }) {
  const [gb, setGb] = useState<number | string>(account.quotaBytes / gigabyte);
  return (
    <Modal opened onClose={onClose} title={t("changeQuota")} closeButtonProps={{ "aria-label": t("close") }}>
      <form onSubmit={(e) => (e.preventDefault(), Number(gb) > 0 && onSet(Math.round(Number(gb) * gigabyte)))}>
        <Stack>
          <Text size="sm">{account.address}</Text>
          <NumberInput label={t("quotaGigabytes")} description={t("quotaRule")} min={0.1} max={1000} step={0.5} decimalScale={2} decimalSeparator="," value={gb} onChange={setGb} data-autofocus />
          <Button type="submit">{t("save")}</Button>
        </Stack>
      </form>
    </Modal>
  );
}
